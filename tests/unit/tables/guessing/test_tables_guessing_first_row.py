import io
from contextlib import nullcontext

import pytest

from sekisho.tables.guessing.guess import guess

ROWS = [f"目印花子{row},{20 + row % 50},{3_000 + row * 7},目印町{row}" for row in range(60)]


def names_of(first):
    """Give back the columns' names for a file that begins with this record."""
    raw = "\n".join([first, *ROWS, ""]).encode()
    return [one.name for one in guess(lambda: nullcontext(io.BytesIO(raw))).facts]


@pytest.mark.requirement("A07")
@pytest.mark.parametrize("words", ["不明,未申告", "非該当,なし", "null,N/A", "不詳,対象外", "ｎｕｌｌ,未回答"])
def test_a_first_row_of_which_numbers_are_not_known_names_no_column(words):
    assert names_of(f"目印太郎,{words},目印町") == ["c1", "c2", "c3", "c4"]


@pytest.mark.parametrize("first", ["氏名,年齢,所得,住所", "対象者,不明者数,未申告の額,町"])
def test_a_header_is_one_also_where_its_names_hold_such_words(first):
    assert names_of(first) == first.split(",")
