"""Numbers: unreadable without the key, found without being read, never shown whole."""

from __future__ import annotations

import pytest

from database.numbers import NumberKeys, NumberRefused, mask

KEYS = NumberKeys(b"c" * 32, b"i" * 32)
NUMBER = "+8613800138000"


def test_there_and_back() -> None:
    assert KEYS.reveal(KEYS.seal(NUMBER)) == NUMBER


def test_two_ciphers_of_one_number_differ_and_hide_it() -> None:
    one, other = KEYS.seal(NUMBER), KEYS.seal(NUMBER)
    assert one != other
    assert b"138" not in one


def test_blind_index_is_keyed() -> None:
    assert KEYS.blind_index(NUMBER) == KEYS.blind_index(NUMBER)
    assert KEYS.blind_index(NUMBER) != KEYS.blind_index("+8613800138001")
    assert KEYS.blind_index(NUMBER) != NumberKeys.fresh().blind_index(NUMBER)
    assert len(KEYS.blind_index(NUMBER)) == 32


@pytest.mark.parametrize("damage", [lambda c: b"\x02" + c[1:], lambda c: c[:-1], lambda c: c[:20], lambda _: b""])
def test_a_damaged_cipher_is_refused(damage: object) -> None:
    with pytest.raises(NumberRefused):
        KEYS.reveal(damage(KEYS.seal(NUMBER)))  # type: ignore[operator]


def test_other_keys_do_not_fit() -> None:
    with pytest.raises(NumberRefused) as refused:
        NumberKeys.fresh().reveal(KEYS.seal(NUMBER))
    assert NUMBER not in str(refused.value)


@pytest.mark.parametrize(
    "number", ["", "13800138000", "+0123456789", "+86 138", "+8613800138000\n", "+1" * 20, "+１２３４５６７８"]
)
def test_only_e164(number: str) -> None:
    for keep in (KEYS.seal, KEYS.blind_index):
        with pytest.raises(NumberRefused) as refused:
            keep(number)
        assert not number or number not in str(refused.value)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+8613800138000", "138****8000"),
        ("+861065529988", "106***9988"),
        ("+12025550123", "120****0123"),
        ("+85221234567", "852****4567"),
        ("+491234567", "4******67"),
        ("+1234567", "1****67"),
        ("+123456", "******"),
    ],
)
def test_mask(number: str, expected: str) -> None:
    assert mask(number) == expected


def test_secret_there_and_back() -> None:
    assert NumberKeys.from_secret(KEYS.to_secret()) == KEYS


@pytest.mark.parametrize("text", ["", "{}", '{"cipher": "aa", "index": "bb"}', '{"cipher": "zz", "index": 1}', "[]"])
def test_a_broken_secret_is_said_without_its_content(text: str) -> None:
    with pytest.raises(ValueError, match=r"bytes each|cannot be read") as refused:
        NumberKeys.from_secret(text)
    assert refused.value.__cause__ is None


def test_keys_do_not_print() -> None:
    assert "cccc" not in repr(KEYS)
