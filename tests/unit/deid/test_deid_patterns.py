import pytest

from sekisho.deid.schema import read_schema
from sekisho.deid.written.patterns import check_pattern
from sekisho.errors import Malformed, Reason


@pytest.mark.parametrize(
    "pattern",
    [
        "[0-9]{7}",
        "[0-9]{3}-?[0-9]{4}",
        "[A-Z][0-9]{2}(\\.[0-9]{1,2})?",
        "男|女",
        "(要支援|要介護)[1-5]",
        "[^ ]+",
        ".*区.*",
    ],
)
def test_patterns_that_codes_need_are_allowed(pattern):
    assert check_pattern(pattern, 200) == pattern


@pytest.mark.parametrize(
    "pattern",
    [
        "(a|a)*b",
        "(a+)+b",
        "(a*)*",
        "([0-9]+,)*",
        "(a)\\1+b(\\1)*",
        "a*" * 4 + "b",
        "(",
        "a{99999999999}",
        "(" * 600 + ")" * 600,
    ],
    ids=["choice", "nested", "empty nested", "list", "back reference", "four repeats", "open", "huge count", "deep"],
)
def test_patterns_that_can_take_for_ever_or_are_none_are_refused(pattern):
    with pytest.raises(ValueError):
        check_pattern(pattern, 200)


def test_a_schema_with_such_a_pattern_is_refused_and_names_the_key():
    raw = b'format="sekisho-schema-v1"\nname="t"\nencoding="utf-8"\n[[column]]\nname="a"\ntype="text"\nrole="plain"\npattern="(a+)+b"'
    with pytest.raises(Malformed) as caught:
        read_schema(raw)
    assert caught.value.reason is Reason.SCHEMA_MALFORMED
    assert caught.value.facts["key"] == "column.1.pattern"
