from pathlib import Path

import pytest

from sekisho.errors import Malformed, Reason
from sekisho.statement import DEEPEST, check_fields, read_base64, read_canonical, write_base64, write_canonical

VECTOR = Path(__file__).parents[2] / "vectors" / "statement" / "canonical.vector"
CASES = [
    line.removeprefix("expect: ").partition(" ")
    for line in VECTOR.read_text(encoding="utf-8").splitlines()
    if line.startswith("expect: ")
]


def test_vector_has_both_outcomes():
    assert {outcome for outcome, _, _ in CASES} == {"same", "refused"}


@pytest.mark.parametrize("number", range(len(CASES)))
def test_canonical_vector(number):
    outcome, _, text = CASES[number]
    raw = text.encode()
    if outcome == "same":
        assert write_canonical(read_canonical(raw)) == raw
        return
    with pytest.raises(Malformed) as refusal:
        read_canonical(raw)
    assert refusal.value.reason is Reason.STATEMENT_MALFORMED


@pytest.mark.parametrize(
    "raw", [b"\xff", b"\xef\xbb\xbf1", b'"\xed\xa0\x80"', b"[" * 100_000, b"1" * 5000, b"1 ", b"1\n", b'{"a":1}{}']
)
def test_bytes_that_are_no_canonical_json_are_refused(raw):
    with pytest.raises(Malformed) as refusal:
        read_canonical(raw)
    assert refusal.value.reason is Reason.STATEMENT_MALFORMED


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), b"raw", {1: 2}, {"é": 1}, {None: 1}, "e\u0301", "\ud800", 2**53, {1}]
)
def test_value_outside_the_format_is_not_written(value):
    with pytest.raises(Malformed):
        write_canonical(value)


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def test_nesting_has_a_limit():
    assert write_canonical(read_canonical(nested(DEEPEST + 1))) == nested(DEEPEST + 1)
    with pytest.raises(Malformed):
        read_canonical(nested(DEEPEST + 2))


@pytest.mark.parametrize("raw", [b"", b"a", b"ab", b"abc", bytes(range(256))])
def test_base64_is_read_back(raw):
    assert read_base64(write_base64(raw)) == raw


@pytest.mark.parametrize(
    "text", ["YQ", "YQ=", "YR==", "YWI", "YWJ=", "YQ==\n", " YQ==", "YQ==YQ==", "Y_-=", "é===", 1, None]
)
def test_base64_has_one_spelling(text):
    with pytest.raises(Malformed):
        read_base64(text)


def test_fields_are_the_named_ones_and_no_others():
    assert check_fields({"a": 1, "b": True}, a=int, b=bool) == {"a": 1, "b": True}


@pytest.mark.parametrize(
    "value", [{"a": 1}, {"a": 1, "b": True, "c": 1}, {"a": True, "b": True}, {"a": "1", "b": True}, [], None]
)
def test_other_fields_or_types_are_refused(value):
    with pytest.raises(Malformed):
        check_fields(value, a=int, b=bool)
