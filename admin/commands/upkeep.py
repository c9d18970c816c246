"""`upkeep`: what has to be done every day, by a schedule, so that the database stays fit and its journal believable."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from admin.application import RUNNING, app, out
from admin.commands.surroundings import open_cloud
from admin.errors import JournalAltered
from admin.language import say
from admin.sealing import Difference, Seal

PARTITIONS_AHEAD_DAYS = 14


@app.command(
    group=RUNNING,
    help=say(
        "The daily work: makes the journal's partitions for the next two weeks, forgets keys that are too old to come "
        "again, and seals every closed day of the journal. Run it by a schedule; running it twice does no harm.\n\n"
        "A seal is a digest of a day's rows, chained to the day before, kept in the bucket (`seals/journal/`) and "
        "never overwritten. `--verify` recomputes all of them and names the first day that differs.",
        "每日维护：建好今后两周的日志分区，清除过旧的幂等键，封存已结束日期的日志。请定时运行；重复运行无害。\n\n"
        "封存是一天日志行的摘要，与前一天相连，存于存储桶（`seals/journal/`），从不覆盖。"
        "`--verify` 全部重新计算，并指出第一个不一致的日期。",
    ),
)
def upkeep(
    *,
    verify: Annotated[
        bool,
        Parameter(negative="", help=say("Only compare the journal with its seals.", "只核对日志与封存是否一致。")),
    ] = False,
) -> int:
    from admin.database import connected
    from admin.sealing import seal_closed_days
    from admin.sealing import verify as verify_seals

    cloud = open_cloud()
    with connected(cloud) as connection:
        if verify:
            agreed, difference = verify_seals(connection, cloud.bucket)
            if difference is not None:
                raise JournalAltered(_told(difference), _mend(agreed))
            _done(say(f"{agreed} sealed days agree with the journal", f"{agreed} 个封存日与日志一致"))
            return 0
        made = connection.fetch("SELECT platform.ensure_partitions($1)", PARTITIONS_AHEAD_DAYS)[0][0]
        _done(say(f"{made} new partitions of the journal", f"新建 {made} 个日志分区"))
        forgotten = connection.fetch("SELECT platform.forget_old_keys()")[0][0]
        _done(say(f"{forgotten} old keys forgotten", f"清除 {forgotten} 个过旧的键"))
        sealed = seal_closed_days(connection, cloud.bucket, _show)
        _done(say(f"{len(sealed)} days sealed", f"封存 {len(sealed)} 天"))
    return 0


def _show(seal: Seal) -> None:
    out.print(f"  {seal.day}  {seal.digest[:12]}  " + say(f"{seal.rows} rows", f"{seal.rows} 行"))


def _done(what: str) -> None:
    out.print(f"[green]✔[/] {what}")


def _told(difference: Difference) -> str:
    day = difference.day
    if difference.kind == "altered":
        counts = (difference.sealed_rows, difference.rows)
        return say(
            f"The journal of {day} is not what was sealed: {counts[0]} rows then, {counts[1]} now.",
            f"{day} 的日志与封存时不一致：当时 {counts[0]} 行，现在 {counts[1]} 行。",
        )
    return {
        "missing": say(f"The seal of {day} is missing.", f"缺少 {day} 的封存。"),
        "unchained": say(f"The seal of {day} does not follow the one before.", f"{day} 的封存与前一天不相连。"),
        "earlier": say(f"There are rows of {day}, before the first seal.", f"{day} 有早于首个封存的日志行。"),
    }[difference.kind]


def _mend(agreed: int) -> str:
    return say(
        f"The {agreed} sealed days before it agree. Compare with a backup of that day; the bucket keeps old versions "
        "of seals.",
        f"此前 {agreed} 个封存日一致。请与当日的备份比对；存储桶保留封存的旧版本。",
    )
