"""A schema travels beside the table, and no My Number may stand in it (spec/numbers.md 6)."""

from random import Random

import pytest
from numbers_made import drawn, my_numbers

from sekisho.deid.numbers.refusing import check_schema_numbers
from sekisho.deid.schema import read_schema
from sekisho.errors import Malformed, Reason

pytestmark = pytest.mark.requirement("A16")

(NUMBER,) = my_numbers(Random(40), 1)


def check(values=("甲",), name="番号", comment="メモ", title="町"):
    listed = ", ".join(f'"{one}"' for one in values)
    raw = (
        f'format = "sekisho-schema-v1"\nname = "{title}"\nencoding = "utf-8"\n# {comment}\n'
        f'[[column]]\nname = "{name}"\ntype = "code"\nrole = "plain"\nvalues = [{listed}]\n'
    ).encode()
    check_schema_numbers(raw, read_schema(raw))


@pytest.mark.parametrize("where", ["name", "comment", "title"])
@pytest.mark.parametrize("number", [NUMBER, f"{NUMBER[:4]}-{NUMBER[4:8]}.{NUMBER[8:]}"])
def test_one_my_number_in_a_name_or_a_comment_is_refused(where, number):
    with pytest.raises(Malformed) as caught:
        check(**{where: f"例 {number}"})
    assert caught.value.reason is Reason.SCHEMA_MALFORMED
    assert caught.value.facts["rule"] == "my-number-written"
    assert not any(number in str(one) for one in caught.value.facts.values())


def test_my_numbers_in_a_list_of_values_are_refused_and_other_codes_of_twelve_digits_are_not():
    with pytest.raises(Malformed) as caught:
        check(my_numbers(Random(41), 30))
    assert caught.value.facts == {"key": "column.1.values", "rule": "my-number-written"}
    check(drawn(Random(42), 12, 300))
    check(comment="令和8年4月1日 0120-123-4567 13101")
