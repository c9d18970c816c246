"""`python -m local`, which is `./run`: starts the cloud, says where to go, and ends it at Ctrl-C."""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console
from rich.markup import escape

from admin import language
from admin.language import say
from local.console import StartView, problem, welcome
from local.data_lock import AlreadyRunning, DataLock
from local.endpoints import read_endpoints
from local.layout import DEFAULT, Layout

BEGAN = time.time()


def main(arguments: Sequence[str]) -> int:
    language.choose(list(arguments), os.environ)
    options = _options(arguments)
    console = Console(highlight=False)
    logging.basicConfig(level=logging.ERROR, format="%(name)s: %(message)s")
    layout = Layout(options.data.absolute()) if options.data else DEFAULT
    # SIGINT too: a shell that starts us in the background has it ignored.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _interrupt)
    try:
        if options.fresh:
            _forget(console, layout)
        return _run(console, layout, options)
    except AlreadyRunning as error:
        return _already(console, layout, error)
    except PermissionError as error:
        console.print(_not_ours(error))
        return 1
    except KeyboardInterrupt:
        console.print(say("Stopped before it had started.", "启动前已停止。"))
        return 130


def _run(console: Console, layout: Layout, options: argparse.Namespace) -> int:
    # Imported here: a wrong option or a second start needs an answer at once.
    from local.cloud import Cloud
    from local.watching import Watch

    watch = Watch(lambda text: console.print(f"[bold yellow]![/] {escape(text)}"))
    with StartView(console) as view:
        cloud = Cloud(
            layout.root,
            demo=not options.no_demo,
            demo_contacts=options.contacts,
            pooler_kind=options.pooler,
            usual_ports=options.data is None,
            tell=view.tell,
            on_exit=watch.ended,
        )
        try:
            cloud.start()
        except (AlreadyRunning, PermissionError):
            raise
        except Exception as error:
            return _failed(console, cloud.layout.logs, error)
    try:
        cloud.settle()
        watch.start(cloud)
        console.print(welcome(cloud, time.time() - _begun()))
        while True:
            signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        watch.stop()
        begun = time.monotonic()
        with console.status(say("Stopping …", "正在停止…")):
            cloud.stop()
        console.print(say("Stopped", "已停止") + f" ({time.monotonic() - begun:.1f} s).")
    return 0


def _begun() -> float:
    """When the launcher began, or this program where it was started without."""
    return float(os.environ.get("WAIHU_RUN_BEGAN") or BEGAN)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run", description="Starts Waihu on this machine; Ctrl-C stops it.")
    parser.add_argument("--fresh", action="store_true", help="forget all data first")
    parser.add_argument("--no-demo", action="store_true", help="neither campaigns nor contacts of the demo")
    parser.add_argument("--contacts", type=int, default=1000, metavar="N", help="demo contacts a campaign (1000)")
    parser.add_argument("--pooler", choices=["built-in", "pgbouncer"], help="PgBouncer is taken where it is installed")
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep the data there instead of in .waihu")
    parser.add_argument("--language", choices=["en", "zh"], help="of what this program says")
    return parser.parse_args(arguments)


def _forget(console: Console, layout: Layout) -> None:
    """Everything but the ports, so that a bookmarked address stays good."""
    if not layout.root.exists():
        return
    lock = DataLock(layout.lock)
    lock.take()
    try:
        from local.postgres import EmbeddedPostgres

        EmbeddedPostgres(layout.postgres).destroy()
        for entry in layout.root.iterdir():
            if entry not in {layout.ports, layout.lock}:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    finally:
        lock.release()
    console.print(say("All data forgotten.", "数据已清空。"))


def _already(console: Console, layout: Layout, error: AlreadyRunning) -> int:
    told = read_endpoints(layout.cloud) or {}
    where = told.get("app_url") or say("an address that it has not yet written down", "尚未写出的地址")
    lines = [
        say(f"It runs as process {error.pid}, at {where}.", f"它的进程号是 {error.pid}，地址 {where}。"),
        say("Stop it with Ctrl-C in its terminal, or: ", "在它的终端按 Ctrl-C 停止，或：") + f"kill {error.pid}",
    ]
    console.print(problem(say("Waihu is running already", "外呼已经在运行"), lines))
    return 1


def _not_ours(error: PermissionError) -> object:
    lines = [
        f"{error.filename}: {error.strerror}",
        say(
            "It belongs to another user. Run as that user, or let go of the data: sudo rm -r .waihu",
            "它属于另一个用户。请用那个用户运行，或删除数据：sudo rm -r .waihu",
        ),
    ]
    return problem(say("The data folder cannot be written", "数据目录不可写"), lines)


def _failed(console: Console, logs: object, error: Exception) -> int:
    lines = [
        str(error) or type(error).__name__,
        "",
        say(f"Everything was stopped again. Logs: {logs}", f"已全部停止。日志：{logs}"),
    ]
    console.print(problem(say("Waihu could not start", "外呼启动失败"), lines))
    if os.environ.get("WAIHU_DEBUG"):
        raise error
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
