"""Tables that somebody hands in: their bytes, and complaints about them that name the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from admin.errors import AdminError, UnreadableTable
from admin.language import say


def read_file(file: Path) -> bytes:
    """
    Raises:
        AdminError: it is not there, or may not be read.
    """
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise AdminError(say(f"There is no file {file}.", f"没有文件 {file}。")) from error
    except IsADirectoryError as error:
        raise AdminError(say(f"{file} is a folder.", f"{file} 是文件夹。")) from error
    except OSError as error:
        raise AdminError(
            say(f"{file} cannot be read: {error.strerror}.", f"{file} 读不了：{error.strerror}。")
        ) from error


@contextmanager
def named(file: Path) -> Iterator[None]:
    """Whatever is wrong with the table as a whole is told with the name of `file`."""
    try:
        yield
    except UnreadableTable as error:
        raise UnreadableTable(f"{file}: {error.what}", error.mend) from error
