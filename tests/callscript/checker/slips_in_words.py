"""Slips of one word, put into the shipped campaigns wherever the pattern fits."""

from __future__ import annotations

from tests.callscript.checker.slips import BLOCKS, LINKS, SERVER, Slip

STALE = ("stale-translation",)
GONE = ("unknown-translation",)

PAGED = """<action id="paged" roles="supervisor"><param name="after" type="{type}"/>
  ▶<select name="paged"{order}{size} after="after">SELECT c.id FROM outbound.cases c</select>
  <data><list name="cases" from="paged"><value name="id" type="uuid"/></list>
  <value name="next" type="text" column="{column}"/></data></action>"""
"""An action that reads by pages; `WHOLE` is what makes it sound."""
WHOLE = {"type": "text", "order": ' order="id:uuid"', "size": ' page="50"', "column": "paged.next_page"}

WORDS = [
    # documents
    Slip("raw-ampersand", r"<say>([^<&]{2})([^<]*)</say>", r"<say>\1▶& \2</say>"),
    Slip("raw-less-than", r"<say>([^<]{2})([^<]*)</say>", r"<say>\1▶< \2</say>"),
    Slip("raw-less-than", r'when="(\$\{[a-z_]+\}) = ', r'when="\1 ▶< '),
    Slip("raw-less-than", r'test="([^"]*) le ', r'test="\1 ▶<= '),
    Slip("raw-less-than", r"ORDER BY (?=\w)", "AND 1 ▶< 2 ORDER BY ", SERVER),
    Slip("tag-mismatch", r"</data>\n  </action>", "</data>\n  ▶</acton>"),
    Slip("tag-mismatch", r"</label>", "▶</lable>"),
    Slip("duplicate-attribute", r'<field name="([a-z_]+)" type="([a-z]+)"', r'<field name="\1" type="\2" ▶type="\2"'),
    Slip("unknown-entity", r"<say>([^<]{2})", r"<say>\1▶&nbsp;"),
    Slip("doctype-refused", r"<local ", "▶<!DOCTYPE local>\n<local "),
    # structure
    Slip(
        "unknown-element",
        r'<field (name="[a-z_]+" type="integer"[^>]*)>((?:(?!</field>).)*)</field>',
        r"▶<feild \1>\2</feild>",
    ),
    Slip("unknown-element", r"<say>([^<]*)</say>", r"▶<sya>\1</sya>"),
    Slip("unknown-element", r'<next (action="[a-z_]+"[^>]*)/>', r"▶<nxt \1/>"),
    Slip("unknown-element", r"<select (name[^>]*)>((?:(?!</select>).)*)</select>", r"▶<selekt \1>\2</selekt>", SERVER),
    Slip("unknown-attribute", r'type="(choice|integer|text|choices)"', r'tipe="▶\1"'),
    Slip("unknown-attribute", r'required="yes"', 'requred="▶yes"'),
    Slip("unknown-attribute", r'<next action="([a-z_]+)"', r'<next acton="▶\1"'),
    Slip("unknown-attribute", r'<value name="([a-z_]+)"', r'<value nam="▶\1"', SERVER),
    Slip("missing-attribute", r'<next action="[a-z_]+" when="([^"]*)"/>', r'▶<next when="\1"/>'),
    Slip("missing-attribute", r'<end id="([a-z_]+)" outcome="[0-9.]+"', r'▶<end id="\1"', BLOCKS, also=GONE),
    Slip("missing-attribute", r'<give name="[a-z]+" value="([^"]*)"', r'▶<give value="\1"', LINKS),
    Slip("bad-value", r'type="(choice|integer)"', r'type="▶\1e"'),
    Slip("bad-value", r'required="yes"', 'required="▶true"'),
    Slip("bad-value", r'level="soft"', 'level="▶sfot"'),
    Slip("bad-value", r'outcome="([0-9.]+)"', r'outcome="▶\1x"'),
    Slip("bad-value", r'mode="background"', 'mode="▶backgroud"', LINKS),
    Slip("bad-value", r'rows="0..n"', 'rows="▶0-n"', SERVER),
    Slip("stray-text", r"<data>\n(\s+)<say>", r"<data>\n\1▶您好\n\1<say>"),
    Slip(
        "repeated-element",
        r"</data>\n",
        "</data>\n    ▶<data><note>补充</note></data>\n",
        also=("missing-translation",),
    ),
    Slip("empty-text", r"<label>[^<$]*</label>", "▶<label></label>", also=(*GONE, "field-without-words")),
    # names
    Slip("unknown-action", r'<next action="([a-z_]+)"', r'▶<next action="\1x"'),
    Slip("unknown-action", r'(<exit id="[a-z_]+" key="[a-z]") action="([a-z_]+)"', r'▶\1 action="\2q"', BLOCKS),
    Slip(
        "unknown-options",
        r'(<field name="[a-z_]+" type="choice") options="([a-z_]+)"',
        r'▶\1 options="\2z"',
        also=("unused-options",),
    ),
    Slip("unknown-name", r'when="\$\{([a-z_]+)\} = \'([a-z_0-9]+)\'"', r'''when="▶${\1x} = '\2'"'''),
    Slip(
        "duplicate-id",
        r'<option value="([a-z_0-9]+)">([^<]*)</option>',
        r'<option value="\1">\2</option>▶<option value="\1">又</option>',
    ),
    Slip(
        "duplicate-id",
        r"(\n  <end id=\"[a-z_]+\")",
        r'\n  ▶<action id="greeting"><data><note/></data><next action="greeting"/></action>\1'.replace(
            "<note/>", "<note>1</note>"
        ),
        also=("unreachable-action", "endless-loop"),
    ),
    # expressions
    Slip("foreign-operator", r'when="(\$\{[a-z_]+\}) = \'([a-z0-9_]+)\'"', r"""when="\1 ▶== '\2'\""""),
    Slip("bare-word", r'when="(\$\{[a-z_]+\}) = \'([a-z_]+)\'"', r'when="\1 = ▶\2"'),
    Slip("unclosed-quote", r'when="(\$\{[a-z_]+\}) = \'([a-z_]+)\'"', r'''when="\1 = ▶'\2"'''),
    Slip("unknown-function", r"selected\(\$", "▶selektiert($"),
    Slip("unclosed-pipe", r"<say>([^<$]*)\$\{([a-z.]+)\}", r"<say>\1▶${\2", also=STALE),
    # fields
    Slip(
        "options-missing", r'(<field name="[a-z_]+" type="choice") options="[a-z_]+"', r"▶\1", also=("unused-options",)
    ),
    Slip(
        "empty-range",
        r'<field (name="[a-z_]+" type="integer") min="([0-9]+)" max="([0-9]+)"',
        r'▶<field \1 min="\3" max="-\2"',
    ),
    Slip("unknown-outcome", r'<end id="([a-z_]+)" outcome="1.1"', r'▶<end id="\1" outcome="1.3"'),
    Slip("unknown-outcome", r'<end id="([a-z_]+)" outcome="4.70"', r'▶<end id="\1" outcome="4.7"'),
    Slip("limit-unfit", r'<field (name="[a-z_]+" type="choice")', r'▶<field \1 min="1"'),
    Slip("bad-pattern", r'<field (name="[a-z_]+" type="text")', r'▶<field \1 pattern="[a-"'),
    # links
    Slip(
        "unknown-server-action",
        r'<call (id="[a-z_]+" on="[a-z]+"[^>]*) action="outbound\.([a-z_]+)"',
        r'▶<call \1 action="outbound.\2s"',
        LINKS,
    ),
    Slip(
        "missing-parameter",
        r'<call (id="(?:next_case|finish|save_answers)"[^>]*>)\s*<give name="(?:campaign|interview)"[^>]*/>',
        r"▶<call \1",
        LINKS,
    ),
    Slip(
        "unknown-parameter", r'(<give name="interview" value="[^"]*"/>)', r'\1▶<give name="colour" value="1"/>', LINKS
    ),
    Slip(
        "unknown-reply-part",
        r'<take name="(case|contact|calls)" path="([a-z]+)"',
        r'▶<take name="\1" path="\2x"',
        LINKS,
    ),
    Slip("fail-action-missing", r'(<call id="next_case"[^>]*) mode="wait"', r'▶\1 mode="wait" fail="go-to"', LINKS),
    Slip(
        "fail-needs-wait", r'(<call id="[a-z_]+"[^>]*) mode="background"', r'▶\1 mode="background" fail="park"', LINKS
    ),
    Slip(
        "answers-unsaved",
        r'(<call id="save_answers"[^>]*>)',
        r'<call id="room" on="leave" node="refusal" action="outbound.take_places" mode="background">'
        '<give name="interview" value="${interview.id}"/>▶<give name="answers" value="${answers}"/></call>\\1',
        LINKS,
    ),
    # server
    Slip("unknown-statement", r'<(record|list) name="([a-z]+)" from="([a-z]+)"', r'▶<\1 name="\2" from="\3x"', SERVER),
    Slip(
        "phone-unmasked",
        r'<value name="phone" type="phone" ([^>]*) mask="yes"',
        r'▶<value name="phone" type="phone" \1',
        SERVER,
    ),
    Slip(
        "mask-unfit",
        r'<value name="([a-z]+)" type="integer"/>',
        r'▶<value name="\1" type="integer" mask="yes"/>',
        SERVER,
    ),
    Slip(
        "unused-parameter",
        r'(<param name="[a-z]+" type="[a-z]+" required="yes"/>)',
        r'\1▶<param name="spare" type="text"/>',
        SERVER,
    ),
    *(
        Slip(code, r"</server>", PAGED.format(**{**WHOLE, **wrong}) + "</server>", SERVER)
        for code, wrong in (
            ("paging-incomplete", {"order": ""}),
            ("paging-incomplete", {"size": ""}),
            ("paging-size", {"size": ' page="2000"'}),
            ("paging-parameter", {"type": "integer"}),
            ("paging-without-next", {"column": "paged.id"}),
        )
    ),
    Slip("sql-unknown-name", r":interview,", "▶:intervew,", SERVER),
    Slip("duplicate-id", r'<param (name="[a-z]+" type="[a-z]+" required="yes")/>', r"<param \1/>▶<param \1/>", SERVER),
    # flow
    Slip("shadowed-next", r'    <next action="([a-z_]+)"/>', r'    <next action="\1"/>▶<next action="\1"/>'),
    Slip(
        "runs-off-the-end",
        r'<end id="silent_line" outcome="3.16"/>',
        '▶<action id="silent_line"><data><note>1</note></data></action>',
        BLOCKS,
        also=("missing-translation",),
    ),
    Slip(
        "missing-translation", r"<say>([^<$]*)</say>", r"<say>\1</say><say>▶又一句</say>", also=("stale-translation",)
    ),
]
