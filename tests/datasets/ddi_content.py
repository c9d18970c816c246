"""What DDI-Codebook 2.5 allows in the elements that a codebook of ours has: children in order, attributes, values.

Written down from the published schema (`codebook.xsd`, DDI Alliance, 2012-01-17), which no package carries: the
types of the same names there. `?` at most one, `*` any number, `+` at least one; `a|b` in any order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

NAMESPACE = "{ddi:codebook:2_5}"
CONTENT = {
    "codeBook": "docDscr* stdyDscr+ fileDscr* dataDscr* otherMat*",
    "docDscr": "citation? guide? docStatus? docSrc* controlledVocabUsed* notes*",
    "stdyDscr": "citation+ studyAuthorization* stdyInfo* studyDevelopment* method* dataAccs* othrStdyMat* notes*",
    "citation": "titlStmt rspStmt? prodStmt? distStmt? serStmt* verStmt* biblCit? holdings* notes*",
    "titlStmt": "titl subTitl* altTitl* parTitl* IDNo*",
    "prodStmt": "producer* copyright? prodDate* prodPlac* software* fundAg* grantNo*",
    "verStmt": "version? verResp* notes*",
    "method": "dataColl* notes* anlyInfo? stdyClas? dataProcessing* codingInstructions*",
    "dataColl": "timeMeth* dataCollector* collectorTraining* frequenc* sampProc* sampleFrame* targetSampleSize* deviat*"
    " collMode* resInstru*",
    "fileDscr": "fileTxt* locMap? notes*",
    "fileTxt": "fileName? fileCitation? fileCont? fileStrc? dimensns? fileType? format? filePlac? dataChck* ProcStat?"
    " dataMsng? software* verStmt?",
    "dimensns": "caseQnty* varQnty* logRecL* recPrCas* recNumTot*",
    "dataDscr": "varGrp* nCubeGrp* var* nCube* notes*",
    "var": "location* labl* imputation? security? embargo? respUnit? anlysUnit? qstn* valrng* invalrng* undocCod*"
    " universe* TotlResp? sumStat* txt* stdCatgry* catgryGrp* catgry* codInstr* verStmt* concept* derivation?"
    " varFormat? geoMap* catLevel* notes*",
    "qstn": "preQTxt|qstnLit|postQTxt|forward|backward|ivuInstr",
    "valrng": "item|range key? notes*",
    "invalrng": "item|range key? notes*",
    "catgry": "catValu? labl* txt* catStat* mrow?",
}  # fmt: skip
TEXT = {
    "titl", "IDNo", "prodDate", "software", "version", "collMode", "fileName", "caseQnty", "varQnty", "labl", "qstnLit",
    "sumStat", "txt", "catValu", "catStat", "varFormat",
}  # fmt: skip
EMPTY = {"range", "item"}
ATTRIBUTES: dict[str, dict[str, str]] = {
    "codeBook": {"version": r"2\.5"},
    "prodDate": {"date": r"\d{4}-\d\d-\d\d"},
    "fileDscr": {},
    "var": {"name": ".+", "files": r"F1", "intrvl": "contin|discrete"},
    "qstn": {"seqNo": ".+"},
    "range": {"min": r"-?[\d.e+-]+", "max": r"-?[\d.e+-]+"},
    "item": {"VALUE": ".+"},
    "sumStat": {"type": "mean|medn|mode|vald|invd|min|max|stdev|other"},
    "catgry": {"missing": "Y|N"},
    "catStat": {"type": "freq|percent|crosstab|other"},
    "varFormat": {"type": "character|numeric", "category": "date|time|currency|other"},
}
GLOBAL = {"ID": r"[A-Za-z_][\w.-]*", "{http://www.w3.org/XML/1998/namespace}lang": r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*"}


def faults(root: Any) -> list[str]:
    """What the schema would refuse; empty where nothing."""
    found = [fault for element in root.iter() for fault in _faults(element)]
    idents = [element.get("ID") for element in root.iter() if element.get("ID")]
    return found + [f"ID {one} twice" for one in set(idents) if idents.count(one) > 1]


def _faults(element: Any) -> Iterator[str]:
    name = _name(element)
    children = " ".join(_name(child) for child in element)
    if name in CONTENT:
        if not re.fullmatch(_pattern(CONTENT[name]), f"{children} " if children else ""):
            yield f"{name} holds: {children}"
        if (element.text or "").strip():
            yield f"{name} holds text"
    elif name in TEXT | EMPTY:
        if children or (name in EMPTY and (element.text or "").strip()):
            yield f"{name} holds: {children or element.text}"
    else:
        yield f"{name} is unknown"
    for key, value in element.attrib.items():
        rule = ATTRIBUTES.get(name, {}).get(key) or GLOBAL.get(key)
        if rule is None or not re.fullmatch(rule, value):
            yield f"{name} has {key}={value!r}"
    if name == "var" and "name" not in element.attrib:
        yield "var has no name"


def _name(element: Any) -> str:
    tag = str(element.tag)
    return tag.removeprefix(NAMESPACE) if tag.startswith(NAMESPACE) else tag


def _pattern(content: str) -> str:
    """A content model as a pattern over the children's names, each with a blank behind it."""
    parts = []
    for part in content.split():
        if "|" in part:
            parts.append(f"(?:(?:{part}) )+" if part.startswith("item") else f"(?:(?:{part}) )*")
            continue
        many = part[-1] if part[-1] in "?*+" else ""
        parts.append(f"(?:{part.rstrip('?*+')} ){many}")
    return "".join(parts)
