"""Texts of the admin's page, Chinese and English; `agent_app.texts` takes them in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "top.scripts": ("脚本", "Scripts"),
    "scripts.title": ("脚本管理", "Scripts"),
    "scripts.campaign": ("项目", "Campaign"),
    "scripts.none": (
        "还没有发布过项目。请先用 waihu publish 发布第一个，或把压缩包放入 incoming/。",
        "No campaign was published yet. Publish the first with `waihu publish`, or put an archive into incoming/.",
    ),
    "scripts.live": (
        "在用版本 {release} · {who} 发布于 {at} · {comment}",
        "In force: {release} · by {who}, {at} · {comment}",
    ),
    "scripts.no_comment": ("没有说明", "no comment"),
    "scripts.view": ("视图", "View"),
    "scripts.edit": ("编辑与发布", "Edit and publish"),
    "scripts.play": ("试走", "Play"),
    "scripts.history": ("历史与回退", "History"),
    "scripts.reports": ("问题反馈", "Reports"),
    # --- editing
    "scripts.file": ("文件", "File"),
    "scripts.source": ("源文本", "Source"),
    "scripts.check": ("检查", "Check"),
    "scripts.undo": ("放弃改动", "Discard changes"),
    "scripts.download": ("下载草稿", "Download draft"),
    "scripts.upload": ("上传 .xml、.po 或 .zip", "Upload .xml, .po or .zip"),
    "scripts.choose": ("选择文件", "Choose files"),
    "scripts.not_scripts": (
        "{name} 不能用：请上传 UTF-8 编码的 .xml、.po，或装有它们的 .zip。",
        "{name} cannot be used: upload .xml or .po in UTF-8, or a .zip of them.",
    ),
    "scripts.changed": ("已改动：{files}", "Changed: {files}"),
    "scripts.unchanged": ("与在用版本相同。", "The same as what is in force."),
    "scripts.kept": ("草稿已保存 {at}", "draft kept {at}"),
    "scripts.not_kept": (
        "草稿暂时没有保存（{code}），只在这个页面里。请继续，下一次操作会再试；离开前请下载草稿。",
        "The draft is not kept right now ({code}): it is on this page only. Go on, or download it before you leave.",
    ),
    "scripts.older": (
        "草稿基于 {base}，而现在在用的是 {release}。请下载草稿，打开在用版本后再改。",
        "The draft began from {base}, but {release} is in force. Download it, open what is in force, and change that.",
    ),
    "scripts.edit_lead": (
        "改完后点“检查”：每个错误都会显示在它的行旁。",
        "Change the source, then check it: each mistake is shown beside its line.",
    ),
    # --- the verdict
    "verdict.title": ("检查结果", "Verdict"),
    "verdict.stale": ("检查之后又有改动，请再检查一次。", "Changed since it was checked: check it again."),
    "verdict.errors": ("{count} 个错误：不能发布。", "Errors: {count}. It cannot be published."),
    "verdict.good": ("没有错误，可以发布。", "No errors: it can be published."),
    "verdict.warnings": ("{count} 个提醒", "Warnings: {count}"),
    "verdict.line": ("{file} 第 {line} 行 第 {column} 列", "{file}, line {line}, column {column}"),
    "verdict.changes": ("发布后的变化", "What publishing changes"),
    "verdict.no_changes": ("没有坐席看得到的变化。", "Nothing that agents would notice."),
    "verdict.trips": ("每个操作与数据库的往返次数", "Round trips to the database, each action"),
    # --- publishing
    "publish.title": ("发布", "Publish"),
    "publish.comment": ("说明改了什么、为什么", "What changed, and why"),
    "publish.button": ("发布", "Publish"),
    "publish.lead": (
        "正在进行的访问继续用原版本，下一个个案用新版本。",
        "Interviews in progress keep their release; the next case takes the new one.",
    ),
    "publish.done": ("已发布 {release}。", "Published: {release}."),
    "publish.same": ("与在用版本完全相同，没有变化。", "These very scripts are in force already."),
    "publish.refused": (
        "没有发布：检查发现错误。在用版本不变。",
        "Not published: it has errors. What runs is unchanged.",
    ),
    "publish.meanwhile": (
        "没有发布：{who} 在 {at} 先发布了 {release}。您的草稿还在；请下载草稿，打开新版本后再改。",
        "Not published: {who} published {release} first, at {at}. Your draft is kept: download it, then open theirs.",
    ),
    "publish.open_theirs": ("打开对方的版本", "Open theirs"),
    # --- playing
    "play.lead": (
        "像坐席一样走一遍草稿。不连服务器：回复按类型生成，什么也不会保存。",
        "Walk the draft as an agent would. No server is asked: replies are made from their types, nothing is kept.",
    ),
    "play.begin": ("从头开始", "From the beginning"),
    "play.unchecked": ("请先检查草稿：没有错误才能试走。", "Check the draft first: it is played without errors."),
    "play.broken": ("这些脚本无法读取。", "These scripts cannot be read."),
    "play.node": ("节点 {node}", "Node {node}"),
    "play.calls": ("会调用：{calls}", "Would call: {calls}"),
    # --- history
    "history.back": ("回退到这个版本", "Roll back to it"),
    "history.chosen": ("选中：{release} · {comment}", "Chosen: {release} · {comment}"),
    "history.pick": ("选一行，可回退到那个版本。", "Choose a row to roll back to that release."),
    "history.done": ("已回退到 {release}。", "Rolled back to {release}."),
    "history.why": ("回退的原因", "Why roll back"),
    "column.release": ("版本", "Release"),
    "column.published_at": ("发布时间", "Published"),
    "column.published_by": ("发布人", "By"),
    "column.comment": ("说明", "Comment"),
    # --- reports of agents
    "reports.none": ("没有坐席反馈问题。", "No agent has reported a question."),
    "reports.open_only": ("只看未处理的", "Open ones only"),
    "reports.answer": ("处理说明", "Answer"),
    "reports.close": ("标为已处理", "Close"),
    "column.reported_at": ("时间", "At"),
    "column.handled": ("处理说明", "What was done"),
    "reports.state.open": ("未处理", "open"),
    "reports.state.closed": ("已处理", "closed"),
}
