"""What holds of every table of codes that were given up, whatever a list says."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.deid.ladders.builtin.given_up import Change, Merged, read_merged, sort_out, write_merged

CODES = ["13701", "13702", "13703", "13704", "13705", "13706", "13101", "13102"]  # the last two are of today
DAYS = [date(2000, 1, 1) + timedelta(days=one) for one in range(6)]
CHANGES = st.lists(
    st.builds(Change, st.sampled_from(DAYS), st.sampled_from(CODES), st.sampled_from(CODES)), max_size=14
)
ON = st.sampled_from([DAYS[0] - timedelta(days=1), *DAYS])


def slowly(changes: tuple[Change, ...], code: str, on: date) -> set[str]:
    """Give back the successors by going through the days one by one."""
    now = {code}
    for day in DAYS:
        if day > on:
            break
        today = [one for one in changes if one.day == day]
        while gone := now & {one.before for one in today}:
            now = (now - gone) | {one.after for one in today if one.before in gone}
    return now


@given(CHANGES, st.sampled_from(CODES), ON)
@settings(max_examples=300)
def test_the_chain_is_what_happened_day_by_day(changes: list[Change], code: str, on: date) -> None:
    merged, _ = sort_out(changes)
    assert merged.successors(code, on) == tuple(sorted(slowly(merged.changes, code, on)))


@given(CHANGES, st.sampled_from(CODES), ON, ON)
@settings(max_examples=300)
def test_successors_are_their_own_and_go_on_from_day_to_day(
    changes: list[Change], code: str, one: date, two: date
) -> None:
    merged, _ = sort_out(changes)
    first, last = sorted((one, two))
    assert {again for later in merged.successors(code, last) for again in merged.successors(later, last)} == set(
        merged.successors(code, last)
    )
    between = {end for middle in merged.successors(code, first) for end in merged.successors(middle, last)}
    assert between == set(merged.successors(code, last))


@given(CHANGES)
@settings(max_examples=300)
def test_what_is_kept_goes_together_and_nothing_is_lost(changes: list[Change]) -> None:
    merged, others = sort_out(changes)
    assert set(merged.changes) | {one for one, _ in others} == set(changes)
    assert sort_out(merged.changes) == (merged, ())
    assert sort_out(reversed(changes)) == (merged, others)
    for one in merged.changes:
        assert merged.ends[one.before].day == one.day
        assert one.before not in merged.successors(one.before, one.day)
    assert not {one.before for one in merged.changes} & {"13101", "13102"}


@given(CHANGES)
def test_a_table_is_read_as_it_was_written(changes: list[Change]) -> None:
    merged, _ = sort_out(changes)
    assert read_merged(write_merged(merged, ["一言"]), "a", Merged(())) == merged
