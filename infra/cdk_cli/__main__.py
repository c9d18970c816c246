"""`python -m infra.cdk_cli ARGUMENTS`: the CDK's command, with the environment's Python and Node."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from infra import packaging
from infra.cdk_cli import NoNode, command, environment, installed


def main() -> None:
    try:
        variables = environment(os.environ)
        if not installed():
            print("· Installing the CDK's command, packing the functions …", file=sys.stderr, flush=True)
            with _libraries_unpacked(variables):
                command(os.environ)
                # What cannot be packed is told by the app, which packs it again.
                with suppress(packaging.PackagingError):
                    for package in packaging.PACKAGES:
                        packaging.folder_of(package)
        cdk = command(os.environ)
    except NoNode as error:
        sys.exit(f"waihu: {error}")
    os.execve(cdk, [str(cdk), *sys.argv[1:]], variables)  # noqa: S606 - our own command


@contextmanager
def _libraries_unpacked(variables: Mapping[str, str]) -> Iterator[None]:
    """The first import of the app unpacks and compiles the CDK's libraries, on the other core: half of a first one."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        [sys.executable, "-c", "import infra.app"], env=dict(variables), stdin=quiet, stdout=quiet, stderr=quiet
    ) as importing:  # fmt: skip
        try:
            yield
        except BaseException:
            importing.terminate()
            raise


if __name__ == "__main__":
    main()
