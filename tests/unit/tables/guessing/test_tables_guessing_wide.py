import io
from contextlib import nullcontext

import pytest

from sekisho.deid.declared.shapes import MOST_COLUMNS
from sekisho.deid.workshop.proposing.found import Notice
from sekisho.tables.guessing.guess import guess


@pytest.mark.parametrize("more", [0, 1, 500])
def test_columns_beyond_the_most_are_told_and_not_looked_at(more):
    names = [f"col{place}" for place in range(MOST_COLUMNS + more)]
    raw = "\n".join([",".join(names), *[",".join("7" * len(names))] * 5, ""]).encode()
    guessed = guess(lambda: nullcontext(io.BytesIO(raw)))
    assert [one.name for one in guessed.facts] == names[:MOST_COLUMNS]
    told = [one.count for one in guessed.found.notices if one.notice is Notice.TOO_MANY_COLUMNS]
    assert told == [len(names)] * bool(more)
