"""`trace`, `migrate` and `keys load`: looking after what runs."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from admin.application import RUNNING, app, out
from admin.commands.surroundings import open_cloud
from admin.errors import SurroundingsAway
from admin.language import say


@app.command(
    group=RUNNING,
    help=say(
        "Tells the story of an interview, a case, a contact or a failure, as a timeline: which node called which "
        "action, what became of it, what was written, what the functions logged.\n\n"
        "ID is the id of an interview, case or contact, or the correlation id that an agent's error shows.\n\n"
        "Example: `waihu trace 8a1f6b52-…`",
        "按时间讲述一次访问、一个个案、一个联系人或一次失败的经过：哪个节点调用了哪个操作、结果如何、写了什么、日志说了什么。\n\n"
        "ID 可以是访问、个案、联系人的编号，或坐席看到的错误里的关联编号。\n\n例：`waihu trace 8a1f6b52-…`",
    ),
)
def trace(
    id: Annotated[str, Parameter(help=say("What to trace.", "要追查的编号。"))],  # noqa: A002 - the argument's name
    *,
    values: Annotated[
        bool,
        Parameter(
            negative="", help=say("Also show what was answered (personal data).", "同时显示答案内容（个人数据）。")
        ),
    ] = False,
    logs: Annotated[bool, Parameter(help=say("Also look into the functions' logs.", "同时查函数日志。"))] = True,
    insights: Annotated[
        bool,
        Parameter(
            negative="",
            help=say(
                "Only print the query that tells the same in CloudWatch Logs Insights, for this id.",
                "只打印在 CloudWatch Logs Insights 中查询该编号的语句。",
            ),
        ),
    ] = False,
) -> int:
    from admin.database import connected
    from admin.story import show_story
    from admin.tracing import tell

    if insights:
        from monitoring.queries import story_of

        print(story_of(id))
        return 0
    cloud = open_cloud()
    with connected(cloud) as connection:
        story = tell(id, connection, cloud if logs else None, values=values)
    show_story(story, out)
    return 0


@app.command(
    group=RUNNING,
    help=say(
        "Brings the database to the schema of this program. What is current already is not touched.",
        "把数据库更新到本程序的结构；已是最新时什么也不改。",
    ),
)
def migrate() -> int:
    from admin.database import connected
    from database.migrate import MigrationFailure, apply

    with connected(open_cloud(), migrating=True) as connection:
        try:
            done = apply(connection, progress=lambda name: out.print(f"  {name}"))
        except MigrationFailure as error:
            raise SurroundingsAway(
                say(f"{error.place}: {error.what}", f"{error.place}：{error.what}"),
                say("Nothing of that file was kept.", "该文件的改动没有保留。"),
            ) from error
    out.print(
        "[green]✔[/] "
        + say(
            f"{len(done.applied)} new, {done.known} known before",
            f"新执行 {len(done.applied)} 个，原有 {done.known} 个",
        )
    )
    return 0


keys = App(name="keys", group=RUNNING, help=say("Keys with which sessions are signed.", "签发会话的密钥。"))
app.command(keys)


@keys.command(
    help=say(
        "Copies the session keys from Secrets Manager into the database, which checks every session with them.",
        "把会话密钥从 Secrets Manager 复制到数据库；数据库用它们核对每个会话。",
    )
)
def load() -> int:
    from admin.database import connected
    from admin.session_keys import load_session_keys

    cloud = open_cloud()
    with connected(cloud) as connection:
        names = load_session_keys(cloud.secret(cloud.settings.session_key_secret), connection)
    out.print("[green]✔[/] " + say(f"loaded: {', '.join(names)}", f"已载入：{'、'.join(names)}"))
    return 0
