"""Telephone numbers as people write them become E.164, or it is said why they are none."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

from admin.contacts.complaints import Refused
from admin.errors import AdminError
from admin.language import say


def one_by_one(text: str) -> list[str]:
    """The numbers of one cell. A comma or a space parts numbers only where each part is as long as one."""
    found: list[str] = []
    for part in re.split(r"[;；、/|\n]", text):
        pieces = re.split(r"[,，\s]+", part.strip())
        whole = all(sum(character.isdigit() for character in piece) >= 8 for piece in pieces)
        found += pieces if whole else [part]
    return found


def normal_number(text: str, region: str, column: str = "") -> str:
    """`text` as E.164, if it is a number that can exist."""
    plain = unicodedata.normalize("NFKC", text).strip().lstrip("'")
    rounded = re.fullmatch(r"(\d)(?:\.(\d+))?[eE]\+?(\d+)", plain)
    if rounded and len(rounded[2] or "") == int(rounded[3]):
        plain = rounded[1] + rounded[2]  # every digit is there
    elif rounded:
        raise Refused(
            column, "number-as-float",
            say("The spreadsheet turned the number into 1.38E+10.", "表格软件把号码变成了 1.38E+10 的形式。"),
            say(
                "Its last digits are lost: format the column as text and put the numbers in anew.",
                "末尾几位已丢失：请把该列设为“文本”，重新填入号码。",
            ),
        )  # fmt: skip
    try:
        number = phonenumbers.parse(re.sub(r"\.0$", "", plain), region)
    except phonenumbers.NumberParseException:
        number = None
    if (number is not None and number.extension) or re.search(r"\d\s*[-(（]?(转|轉|分机)", plain):
        raise Refused(
            column, "extension",
            say("It has an extension, which cannot be dialled.", "带有分机号，无法直接拨打。"),
            say("Write the number alone; the extension may go to a column of its own.", "只写号码；分机可另放一列。"),
        )  # fmt: skip
    if number is None or not phonenumbers.is_valid_number(number):
        raise Refused(
            column, "bad-number", _why_no_number(number, region),
            say("Check the digits; begin foreign numbers with +.", "请核对；国外号码以 + 开头。"),
        )  # fmt: skip
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _why_no_number(number: phonenumbers.PhoneNumber | None, region: str) -> str:
    if number is None:
        return say("This is no phone number.", "这不是电话号码。")
    where = phonenumbers.region_code_for_country_code(number.country_code or 0) or region
    match phonenumbers.is_possible_number_with_reason(number):
        case phonenumbers.ValidationResult.TOO_SHORT:
            return say(f"It has too few digits for a number in {where}.", f"位数太少，不是 {where} 的号码。")
        case phonenumbers.ValidationResult.TOO_LONG:
            return say(f"It has too many digits for a number in {where}.", f"位数太多，不是 {where} 的号码。")
        case _:
            return say(f"This is no phone number that exists in {where}.", f"{where} 没有这样的电话号码。")


def known_region(region: str) -> str:
    """
    Raises:
        AdminError: no numbers are known there.
    """
    if region.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise AdminError(
            say(f"There is no country {region}.", f"没有国家或地区 {region}。"),
            say("Write its two letters, such as CN, HK or US.", "请写两个字母，例如 CN、HK、US。"),
        )
    return region.upper()
