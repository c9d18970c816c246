"""Edit, check and publish: the source on the left, the verdict and what publishing changes on the right."""

from __future__ import annotations

from html import escape

import streamlit as st

from agent_app.administering.drafts import Draft, NotScripts
from agent_app.administering.keeper import Keeper
from agent_app.administering.marked import MarkedLine, caret, marked
from agent_app.administering.state import Bench
from agent_app.client import Refusal
from agent_app.pages.supervisor_frame import clock, section, soft, trouble
from agent_app.texts import text
from callscript.scripts_protocol import MEANWHILE, Finding, OpenReply, PublishedReply, VerdictReply

_HEIGHT = 560
_UPLOADER = """<style>
  [data-testid=stFileUploaderDropzoneInstructions] { display: none; }
  [data-testid=stFileUploaderDropzone] button p { font-size: 0; }
  [data-testid=stFileUploaderDropzone] button p::after { content: "$"; font-size: 0.9rem; }
</style>"""
"""Streamlit's own words of this one are English; what may be uploaded stands above it."""


def editing(keeper: Keeper, bench: Bench, opened: OpenReply, language: str) -> None:
    _said(language)
    left, right = st.columns([3, 2])
    with left:
        draft = _editor(bench, bench.draft(opened.campaign), language)
        _keep(keeper, bench, draft, language)
        _tools(keeper, bench, draft, language)
    with right:
        if draft.base != opened.release:
            _older(bench, opened, draft, language)
        _verdict(keeper, bench, draft, language)


def _said(language: str) -> None:
    """What the last publication came to; once."""
    told = st.session_state.pop("scripts_said", None)
    if told:
        kind, key, values = told
        {"good": st.success, "bad": st.error}.get(kind, st.info)(text(language, key, **values))


def _editor(bench: Bench, draft: Draft, language: str) -> Draft:
    names = sorted(draft.files, key=lambda name: (name.startswith("packs/"), name))
    wanted = st.session_state.get("scripts_file")
    name = st.selectbox(
        text(language, "scripts.file"), names, index=names.index(wanted) if wanted in names else 0,
        format_func=lambda each: f"● {each}" if each in draft.changed else each, label_visibility="collapsed",
    )  # fmt: skip
    st.session_state["scripts_file"] = name
    with st.container(key="scripts_source"):
        typed = st.text_area(
            text(language, "scripts.source"), draft.files[name], height=_HEIGHT, label_visibility="collapsed",
            key=f"source_{draft.campaign}_{name}_{bench.round}",
        )  # fmt: skip
    if typed != draft.files[name]:
        draft = draft.with_file(name, typed)
        bench.put(draft, typed=True)
    return draft


def _keep(keeper: Keeper, bench: Bench, draft: Draft, language: str) -> None:
    """Each change is kept by the keeper of the scripts before anything else: this process may end."""
    if bench.kept_at(draft) is not None:
        return
    kept = keeper.keep(draft)
    if isinstance(kept, Refusal):
        st.warning(text(language, "scripts.not_kept", code=kept.code))
    else:
        bench.mark_kept(draft, kept.kept_at)


def _older(bench: Bench, opened: OpenReply, draft: Draft, language: str) -> None:
    """The draft began from a release that is not in force any more: publishing it would be refused."""
    st.warning(text(language, "scripts.older", base=draft.base[:12], release=opened.release[:12]))
    st.button(
        text(language, "publish.open_theirs"), key="scripts_newer",
        on_click=lambda: bench.begin_from(opened, keep=False),
    )  # fmt: skip


def _tools(keeper: Keeper, bench: Bench, draft: Draft, language: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(text(language, "scripts.check"), type="primary", key="scripts_check", shortcut="Ctrl+Enter"):
            _judge(keeper, bench, draft, language)
        if st.button(text(language, "scripts.undo"), key="scripts_undo", disabled=not draft.changed):
            bench.put(draft.undone())
            st.rerun()
        st.download_button(
            text(language, "scripts.download"), draft.as_zip, f"{draft.campaign}.zip", "application/zip",
            key="scripts_download", on_click="ignore",
        )  # fmt: skip
    soft(_standing(bench, draft, language))
    st.html(_UPLOADER.replace("$", text(language, "scripts.choose")))
    handed = st.file_uploader(
        text(language, "scripts.upload"), ["xml", "po", "zip"], accept_multiple_files=True, max_upload_size=4,
        key=f"scripts_upload_{bench.round}",
    )  # fmt: skip
    if handed:
        try:
            for each in handed:
                draft = draft.with_upload(each.name, each.getvalue())
        except NotScripts as error:
            st.error(text(language, "scripts.not_scripts", name=str(error)))
            return
        bench.put(draft)
        st.rerun()


def _judge(keeper: Keeper, bench: Bench, draft: Draft, language: str) -> None:
    with st.spinner(text(language, "scripts.check")):
        verdict = keeper.check(draft)
    if isinstance(verdict, Refusal):
        trouble(verdict, language)
    else:
        bench.judged(draft, verdict, language)


def _standing(bench: Bench, draft: Draft, language: str) -> str:
    """Which files differ, and since when that is kept."""
    if not draft.changed:
        return text(language, "scripts.unchanged")
    words = text(language, "scripts.changed", files=", ".join(draft.changed))
    at = bench.kept_at(draft)
    return f"{words} · {text(language, 'scripts.kept', at=clock(at))}" if at else words


def _verdict(keeper: Keeper, bench: Bench, draft: Draft, language: str) -> None:
    section(language, "verdict.title")
    if bench.verdict(draft) and bench.verdict_language(draft) != language:
        _judge(keeper, bench, draft, language)  # its words are the checker's own, in the language asked for
    verdict = bench.verdict(draft)
    if verdict is None:
        soft(text(language, "verdict.stale" if bench.was_judged(draft) else "scripts.edit_lead"))
        return
    errors = sum(finding.error for finding in verdict.findings)
    tone = "wh-bad-word" if errors else "wh-good-word"
    words = text(language, "verdict.errors", count=errors) if errors else text(language, "verdict.good")
    st.html(f'<p class="wh-verdict {tone}" role="status">{escape(words)}</p>')
    _findings(draft, verdict, language)
    if verdict.ok:
        _changes(verdict, language)
        _publish(keeper, bench, draft, language)


def _findings(draft: Draft, verdict: VerdictReply, language: str) -> None:
    warnings = sum(not finding.error for finding in verdict.findings)
    if warnings:
        soft(text(language, "verdict.warnings", count=warnings))
    for name in dict.fromkeys(finding.file for finding in verdict.findings):
        findings = [finding for finding in verdict.findings if finding.file == name]
        rows = "".join(_line(line, language) for line in marked(draft.files.get(name, ""), findings))
        st.html(f'<strong>{escape(name)}</strong><div class="wh-source"><table>{rows}</table></div>')


def _line(line: MarkedLine, language: str) -> str:
    if not line.number:
        return '<tr><td class="wh-number">⋮</td><td class="wh-code"></td></tr>'
    wrong = any(finding.error for finding in line.findings)
    tone = "wh-wrong" if wrong else "wh-doubtful" if line.findings else ""
    row = (
        f'<tr class="{tone}"><td class="wh-number">{line.number}</td>'
        f'<td class="wh-code">{escape(line.source) or " "}</td></tr>'
    )
    return row + "".join(_beside(finding, line.source, language) for finding in line.findings)


def _beside(finding: Finding, source: str, language: str) -> str:
    place = text(language, "verdict.line", file=finding.file, line=finding.line, column=finding.column)
    # Tabs and wide characters keep their width: what stands before the caret is the line itself, unseen.
    before = escape(source[: caret(finding)])
    point = f'<span style="visibility:hidden">{before}</span>^' if finding.column else ""
    tone = "" if finding.error else ' class="wh-doubt"'
    return (
        f'<tr><td class="wh-number"></td><td class="wh-caret">{point}</td></tr>'
        f'<tr><td class="wh-number"></td><td class="wh-told"><b{tone}>{escape(finding.what)}</b> '
        f"{escape(finding.mend)}<br><code>{escape(place)} · {escape(finding.code)}</code></td></tr>"
    )


def _changes(verdict: VerdictReply, language: str) -> None:
    section(language, "verdict.changes")
    if verdict.changes:
        st.html('<ul class="wh-changes">' + "".join(f"<li>{escape(one)}</li>" for one in verdict.changes) + "</ul>")
    else:
        soft(text(language, "verdict.no_changes"))
    with st.expander(text(language, "verdict.trips")):
        st.dataframe([{"action": name, "n": count} for name, count in verdict.round_trips.items()], hide_index=True)


def _publish(keeper: Keeper, bench: Bench, draft: Draft, language: str) -> None:
    section(language, "publish.title")
    soft(text(language, "publish.lead"))
    comment = st.text_input(text(language, "publish.comment"), key=f"scripts_comment_{bench.round}", max_chars=500)
    ready = bool(draft.changed and comment.strip())
    if st.button(text(language, "publish.button"), type="primary", key="scripts_publish", disabled=not ready):
        done = keeper.publish(draft, comment.strip())
        if isinstance(done, Refusal):
            trouble(done, language)
        elif done.refusal:
            _not_published(keeper, bench, draft, done, language)
        else:
            told = ("good", "publish.done", {"release": done.release[:12]}) if done.moved else ("", "publish.same", {})
            st.session_state["scripts_said"] = told
            bench.put(Draft(draft.campaign, done.release, draft.files, draft.files))
            bench.close()
            st.rerun()


def _not_published(keeper: Keeper, bench: Bench, draft: Draft, done: PublishedReply, language: str) -> None:
    if done.refusal != MEANWHILE or done.live is None:
        st.error(text(language, "publish.refused"))
        told = VerdictReply(ok=False, findings=done.findings, changes=[], round_trips={}, live=draft.base)
        bench.judged(draft, told, language)
        return
    first = {"who": done.live.published_by, "at": clock(done.live.published_at), "release": done.live.release[:12]}
    st.session_state["scripts_said"] = ("bad", "publish.meanwhile", first)
    theirs = keeper.open(draft.campaign)
    if not isinstance(theirs, Refusal):
        bench.begin_from(theirs)  # the draft stays, beside the way to theirs
    st.rerun()
