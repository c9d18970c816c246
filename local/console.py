"""What a person sees of a start: each step while it works, where to go at the end, troubles when they happen."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from admin.language import say
from local.cloud import Cloud
from local.identity import DEMO_PEOPLE, Person

STEP_NAMES_ZH = {
    "PostgreSQL and its pooler": "PostgreSQL 与连接池",
    "S3, Cognito, Secrets Manager, CloudWatch": "S3、Cognito、Secrets Manager、CloudWatch",
    "people": "用户",
    "gateway": "网关",
    "functions": "函数",
    "campaigns and contacts of the demo": "示例项目与联系人",
    "agents' app": "坐席应用",
}


class StartView:
    """The steps of a start, live on a terminal, a line each elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._running: dict[str, tuple[float, Spinner]] = {}
        self._live: Live | None = None

    def __enter__(self) -> StartView:
        if self._console.is_terminal:
            self._live = Live(get_renderable=self._steps, console=self._console, transient=True, refresh_per_second=10)
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def tell(self, name: str, seconds: float | None) -> None:
        """A step began (`seconds` None), or ended after so many."""
        title = say(name, STEP_NAMES_ZH.get(name, name))
        with self._lock:
            if seconds is None:
                self._running[title] = (time.monotonic(), Spinner("dots"))
                return
            self._running.pop(title, None)
        self._console.print(Text.assemble(("✓ ", "green"), title, (f"  {seconds:.1f} s", "dim")))

    def _steps(self) -> Group:
        with self._lock:
            running = list(self._running.items())
        now = time.monotonic()
        for title, (begun, spinner) in running:
            spinner.update(text=Text(f"{title} … {now - begun:.0f} s"))
        return Group(*(spinner for _, (_, spinner) in running))


def welcome(cloud: Cloud, seconds: float) -> Panel:
    """Where to go, how to sign in, what to try."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    table.add_row(say("Open", "打开"), Text(cloud.app_url, style=f"bold cyan link {cloud.app_url}"))
    table.add_row(say("Sign in", "登录"), _people(cloud.keys.demo_password))
    table.add_row("", "")
    table.add_row(say("Try", "试试"), _ideas())
    table.add_row("", "")
    table.add_row(
        say("Data", "数据"), f"{_short(cloud)}  " + say("(./run --fresh forgets it)", "（./run --fresh 清空重来）")
    )
    table.add_row(say("Behind", "后台"), _behind(cloud))
    table.add_row(say("Stop", "停止"), say("Ctrl-C; data stays", "Ctrl-C，数据会保留"))
    title = say("Waihu is running", "外呼已启动")
    return Panel(table, title=f"[bold green]{title}[/] [dim]{seconds:.1f} s[/]", border_style="green", padding=(1, 2))


def _people(password: str) -> Table:
    table = Table.grid(padding=(0, 2))
    for person in DEMO_PEOPLE:
        table.add_row(Text(person.username, style="bold"), Text(password, style="bold yellow"), _about(person))
    return table


def _about(person: Person) -> Text:
    roles = {
        "agent": say("agent", "坐席"),
        "supervisor": say("supervisor", "主管"),
        "admin": say("administrator", "管理员"),
    }
    groups = [group for group in person.groups if group not in roles]
    role = next((roles[name] for name in ("admin", "supervisor", "agent") if name in person.groups), "")
    return Text(f"{person.name}, {role} ({', '.join(groups)})", style="dim")


def _ideas() -> Group:
    return Group(
        say(
            "1  Sign in as agent1, take a case, answer with the digit keys and Enter.",
            "1  用 agent1 登录，取个案，用数字键和回车作答。",
        ),
        say(
            "2  Change a question in scripts_bucket/campaigns/csat/local.xml, then in another terminal",
            "2  修改 scripts_bucket/campaigns/csat/local.xml 里的一道题，然后在另一个终端运行",
        ),
        Text("   ./waihu check csat && ./waihu publish csat", style="cyan"),
        say("   The next case asks it; nothing restarts.", "   下一个个案就用新问题，不用重启。"),
        Text.assemble(
            "3  ", ("./waihu status", "cyan"), "   ", ("./waihu answers export csat", "cyan"), "   ",
            ("./waihu --help", "cyan"),
        ),
    )  # fmt: skip


def _behind(cloud: Cloud) -> Text:
    pooler = cloud.database.pooler
    text = f"{cloud.gateway_url} → PostgreSQL {cloud.database.postgres.port} ({pooler.kind} {pooler.config.port})"
    return Text(text, style="dim")


def _short(cloud: Cloud) -> str:
    from local.layout import CHECKOUT

    root = cloud.layout.root
    return f"{root.relative_to(CHECKOUT)}/" if root.is_relative_to(CHECKOUT) else str(root)


def problem(title: str, lines: Sequence[str] = ()) -> Panel:
    return Panel(Text("\n".join(lines)), title=f"[bold red]{title}[/]", border_style="red")
