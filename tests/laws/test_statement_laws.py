import contextlib
import json
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.errors import Malformed
from sekisho.statement import LARGEST_INTEGER, read_base64, read_canonical, write_base64, write_canonical

TEXTS = st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: unicodedata.normalize("NFC", text))
NAMES = st.text(st.characters(max_codepoint=127), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_every_value_is_read_back(value):
    assert read_canonical(write_canonical(value)) == value


@given(VALUES)
def test_spelling_does_not_depend_on_the_order_of_fields(value):
    def turned(inner):
        match inner:
            case dict():
                return {name: turned(one) for name, one in reversed(inner.items())}
            case list():
                return [turned(one) for one in inner]
            case _:
                return inner

    assert write_canonical(turned(value)) == write_canonical(value)


@given(VALUES)
def test_other_readers_read_the_same_value(value):
    assert json.loads(write_canonical(value)) == value


@settings(max_examples=300)
@given(VALUES, st.data())
def test_flipped_bit_makes_another_value_or_none(value, data):
    raw = bytearray(write_canonical(value))
    place = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[place // 8] ^= 1 << place % 8
    with contextlib.suppress(Malformed):
        assert write_canonical(read_canonical(bytes(raw))) == raw


@given(st.binary(max_size=64))
def test_any_bytes_are_read_as_their_own_spelling_or_refused(raw):
    with contextlib.suppress(Malformed):
        assert write_canonical(read_canonical(raw)) == raw


@given(st.binary(max_size=64))
def test_base64_is_read_back(raw):
    assert read_base64(write_base64(raw)) == raw


@given(st.text(st.sampled_from("AZaz09+/=-_ \n"), max_size=12))
def test_base64_has_one_spelling(text):
    with contextlib.suppress(Malformed):
        assert write_base64(read_base64(text)) == text
