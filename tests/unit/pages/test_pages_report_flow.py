import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports_made import GLOBAL, LOCAL, report_of

from sekisho.pages.charts import WHOLE
from sekisho.pages.report.figures import risk_figure, rows_figure
from sekisho.pages.report.flow import RISKS, Stage, risk_chart, risk_shares, rows_chart
from sekisho.pages.report.parts import Step
from sekisho.pages.report.reading import read_report
from sekisho.pages.words import Language, words_in
from sekisho.statement import read_canonical, write_canonical

EN = words_in(Language.EN)
LABELS = ("always", "often", "seldom", "rarely", "hardly")
LOWS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)
STEPS = st.lists(st.integers(0, 10**7), min_size=len(LOWS), max_size=len(LOWS)).map(
    lambda rows: [Step(low, None, count) for low, count in zip(LOWS, rows, strict=True)]
)


def rows_of(**rows: int):
    """Give back the drawing of a report with these rows."""
    value = read_canonical(report_of(LOCAL))
    value["rows"] |= rows
    return rows_figure(EN, read_report(write_canonical(value)))


def test_bars_of_rows_are_in_proportion_and_what_was_lost_stands_beside():
    chart = rows_chart("r", "t", [Stage("came", 1_000), Stage("left", 750), Stage("more", 800)])
    came, left, lost, kept, gained = chart.boxes
    assert [one.side for one in chart.boxes] == ["before", "after", "lost", "after", "made"]
    assert left.width == pytest.approx(0.75 * came.width)
    assert left.width + lost.width == pytest.approx(came.width)
    assert kept.width == pytest.approx(left.width)
    assert gained.width == pytest.approx(0.05 * came.width, abs=0.02)


def test_the_numbers_of_rows_are_told_with_what_each_stage_lost_or_gained():
    chart = rows_chart("r", "t", [Stage("came", 1_000), Stage("left", 750), Stage("more", 800)])
    assert chart.telling == "came 1,000; left 750 (−250); more 800 (+50)"
    assert {"1,000", "750 (−250)", "800 (+50)"} <= {one.text for one in chart.texts}


def test_a_stage_without_rows_has_no_bar_of_its_own():
    chart = rows_chart("r", "t", [Stage("came", 10), Stage("left", 0)])
    assert [one.side for one in chart.boxes] == ["before", "lost"]


def test_where_all_rows_stayed_and_none_were_made_there_is_no_drawing_of_rows():
    assert rows_of(before=60, changed=60, after=60, suppressed=0, added=0) is None


@pytest.mark.parametrize(
    ("rows", "stages"),
    [
        ({"before": 60, "changed": 60, "after": 50, "suppressed": 10, "added": 0}, 2),
        ({"before": 60, "changed": 55, "after": 50, "suppressed": 5, "added": 0}, 3),
        ({"before": 60, "changed": 60, "after": 60, "suppressed": 0, "added": 6}, 3),
        ({"before": 60, "changed": 55, "after": 50, "suppressed": 5, "added": 5}, 4),
        ({"before": 60, "changed": 60, "after": 0, "suppressed": 60, "added": 0}, 2),
    ],
)
def test_only_stages_at_which_rows_came_or_went_are_drawn(rows, stages):
    assert rows_of(**rows).telling.count("; ") == stages - 1


@given(STEPS)
def test_shares_by_chance_are_those_of_the_rows_counted_one_step_at_a_time(steps):
    ends = (1, *RISKS, 10**9)
    rows = [sum(one.rows for one in steps if low <= one.low < high) for low, high in itertools.pairwise(ends)]
    assert risk_shares(steps) == tuple(Fraction(one, max(sum(rows), 1)) for one in rows)


@given(STEPS, STEPS)
def test_the_parts_of_a_band_lie_side_by_side_and_fill_it(before, after):
    chart = risk_chart("r", "t", [("was", before), ("now", after)], LABELS)
    legend = len(LABELS)
    bands = list(chart.boxes[:-legend])
    for y, steps in ((0.0, before), (32.0, after)):
        parts = [one for one in bands if one.y == y]
        assert [one.side for one in parts] == [f"risk-{at}" for at, share in enumerate(risk_shares(steps)) if share]
        if parts:
            assert parts[-1].x + parts[-1].width == pytest.approx(WHOLE, abs=0.05)
        for one, following in itertools.pairwise(parts):
            assert one.x + one.width == pytest.approx(following.x, abs=0.03)


def test_every_part_of_the_bands_is_named_with_its_shares_before_and_after():
    chart = risk_figure(EN, read_report(report_of(GLOBAL)))
    assert [one.split(" ")[0] for one in chart.telling.split("; ")] == ["always", "once", "once", "once", "once"]
    assert chart.telling.count(" → ") == len(RISKS) + 1


def test_where_k_holds_nobody_is_told_for_sure():
    report = read_report(report_of(LOCAL))
    assert risk_shares(report.sizes_after)[0] == 0
    assert risk_figure(EN, report).telling.split("; ")[0].endswith("→ 0%")
