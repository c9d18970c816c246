"""The command line itself: how commands are grouped, how errors look, what is common to all."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError, Group
from rich.console import Console
from rich.text import Text

from admin.errors import AdminError, PublicationRefused, SurroundingsAway
from admin.language import say

SCRIPTS = Group.create_ordered(say("Scripts", "脚本"))
PEOPLE = Group.create_ordered(say("Contacts and answers", "联系人与答案"))
RUNNING = Group.create_ordered(say("A running system", "运行与维护"))

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)


def _usage_error(error: CycloptsError) -> Text:
    return Text.assemble((say("error: ", "用法有误："), "bold red"), str(error))


app = App(
    name="waihu",
    help=say(
        "Runs outbound calling whose business is XML scripts: check them, publish them, and see what became of it.\n\n"
        "A first walk: `waihu new mine`, edit `scripts_bucket/campaigns/mine/local.xml`, `waihu check mine`, "
        '`waihu publish mine --comment "first"`. Each command explains itself: `waihu COMMAND --help`.\n\n'
        "`--language zh` or `en` chooses the language of these messages; without it the terminal's LANG does.",
        "管理用 XML 脚本编写的外呼业务：检查脚本、发布脚本、查看结果。\n\n"
        "第一次使用：`waihu new mine`，修改 `scripts_bucket/campaigns/mine/local.xml`，`waihu check mine`，"
        '`waihu publish mine --comment "第一版"`。每个命令都有说明：`waihu 命令 --help`。\n\n'
        "`--language zh` 或 `en` 选择提示语言；不写时按终端的 LANG。",
    ),
    help_format="markdown",
    console=out,
    error_console=err,
    error_formatter=_usage_error,
    version="0.1.0",
)


def run(arguments: Sequence[str]) -> int:
    """Runs the command that `arguments` (without the program's name) ask for; returns the exit status.

    0: done. 1: it could not be done, and the message says what to do. 2: the command was not understood.
    70: a mistake of the program itself.
    """
    from admin import commands

    commands.load()
    try:
        status = app(_without_language(arguments), exit_on_error=False, print_error=True, result_action="return_value")
    except CycloptsError:
        return 2
    except AdminError as error:
        show_error(error)
        return 1
    except BrokenPipeError:
        # the reader of our output (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        err.print(say("Interrupted.", "已中断。"))
        return 130
    except Exception as error:
        if os.environ.get("WAIHU_DEBUG"):
            raise
        show_error(_mistake(error))
        return 70
    return status if isinstance(status, int) else 0


def show_error(error: AdminError) -> None:
    """What is wrong, what to do, and for scripts every problem."""
    if isinstance(error, PublicationRefused) and error.problems:
        from admin.verdicts.for_people import show_problems

        show_problems(error.problems, error.sources, err)
    colour = "bold yellow" if isinstance(error, SurroundingsAway) else "bold red"
    err.print(Text.assemble((f"{error.code}: ", colour), error.what), soft_wrap=True)
    if error.mend:
        err.print(Text.assemble(("→ ", "green"), error.mend), soft_wrap=True)


def _mistake(error: Exception) -> AdminError:
    return AdminError(
        say(
            f"This is a mistake of the program, not yours: {type(error).__name__}: {error}",
            f"这是程序的错误，不是您的：{type(error).__name__}：{error}",
        ),
        say(
            "With WAIHU_DEBUG=1 before the command it tells where; please report it.",
            "在命令前加 WAIHU_DEBUG=1 可看到位置；请报告。",
        ),
    )


def _without_language(arguments: Sequence[str]) -> list[str]:
    kept: list[str] = []
    skip = False
    for argument in arguments:
        if skip or argument.startswith("--language="):
            skip = False
        elif argument == "--language":
            skip = True
        else:
            kept.append(argument)
    return kept
