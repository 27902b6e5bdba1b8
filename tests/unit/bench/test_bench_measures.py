"""The bench of measures: nothing is left out, made tables stay the same, and what is shown follows from what was measured."""

import json
import math
import pkgutil
from dataclasses import replace
from importlib import import_module
from typing import get_args

import numpy as np
import pytest

import sekisho.deid
from bench.measures import beside, changed, made, measured, show
from bench.measures.beside import Alike, Peer, Shown
from bench.measures.ours import run_all, timed
from sekisho.deid.changes.change import Change, Mask
from sekisho.deid.measure import Kind
from sekisho.errors import CannotMeet, Reason


@pytest.fixture(scope="module")
def small():
    return made.make(1_500)


def kinds_of_the_engine():
    rooms = [one.name for one in pkgutil.walk_packages(sekisho.deid.__path__, "sekisho.deid.")]
    return {one.name for room in rooms for one in vars(import_module(room)).values() if isinstance(one, Kind)}


def test_every_kind_of_measure_is_timed_and_none_twice():
    timed_kinds = [kind.name for group in ("risk", "use") for task in measured.GROUPS[group] for kind in task.kinds]
    assert sorted(timed_kinds) == sorted(kinds_of_the_engine())


def test_every_change_is_timed():
    assert {type(one) for one in changed.CHANGES.values()} == set(get_args(Change)) - {
        Mask
    }  # `make bench-freetext` times it


def test_no_two_runs_have_one_name():
    names = [task.name for group in measured.GROUPS.values() for task in group] + [one.name for one in changed.steps()]
    assert len(set(names)) == len(names)


def test_what_is_timed_gives_the_numbers_of_its_kinds(small):
    for group in measured.GROUPS.values():
        for task in group:
            found = [one.kind for one in task.work(small.anew()) if one is not None]
            assert tuple(dict.fromkeys(found)) == task.kinds


def test_everything_runs_on_a_small_table_and_is_shown(small):
    groups = run_all(small, repeats=1)
    every = [one for group in groups.values() for one in group.values()]
    assert [one for one in every if "refused" in one] == []
    assert all(one["cpu_s"] >= 0 and one["mib"] >= 0 and one["runs"] == 1 for one in every)
    run = show.Run(small.rows, groups, (), {}, 1.5)
    lines = list(show.markdown(run, {"host": "here"}))
    assert {f"| {name} " for group in groups if group != "beside" for name in groups[group]} <= {
        f"| {line.split(' | ')[0][2:]} " for line in lines if line.startswith("| ")
    }
    assert "Not timed: there is no scikit-learn here." in lines
    assert set(show.as_json(run, {})["met"]) == {name for group in show.JUDGED for name in groups[group]}


def test_the_made_table_stays_the_same_and_its_release_keeps_k(small):
    again = made.make(1_500)
    for one, other in zip(small.original.columns, again.original.columns, strict=True):
        assert (one.name, one.values) == (other.name, other.values)
        assert np.array_equal(one.codes, other.codes)
    assert small.released.names == tuple(name for name in small.original.names if name != made.NUMBER)
    assert (small.rows, small.population.rows, small.starred.rows) == (1_500, 3_000, 1_500)
    assert any("*" in one.used().values for one in small.starred.columns)
    assert measured.RISKS[0].work(small)[0].number >= made.K


def test_a_run_finds_nothing_that_an_earlier_one_counted(small):
    column = small.original.column(made.CARE)
    assert column.counts.sum() == 1_500
    fresh = small.anew().original.column(made.CARE)
    assert "counts" in vars(column)
    assert "counts" not in vars(fresh)


def test_tables_for_other_tools_hold_the_released_texts(small, tmp_path):
    made.write_table(tmp_path / "released.csv", small.released)
    lines = (tmp_path / "released.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].split(";") == [*made.NAMES, *made.SENSITIVE]
    assert len(lines) == 1_501
    sexes = [line.split(";")[2] for line in lines[1:]]
    assert sexes == small.released.column("sex").cells()


def test_the_other_tools_get_their_columns_and_their_limits(monkeypatch, tmp_path):
    asked = []

    def ended(command, **_):
        asked.extend(command)
        return type("Ran", (), {"returncode": -24, "stderr": b""})

    monkeypatch.setattr(beside.subprocess, "run", ended)
    peer = next(one for one in beside.PEER_MEASURES if one.sensitive == made.CARE)
    assert beside.run_peer(peer, tmp_path) is None  # ended by the limit on CPU seconds
    assert str(beside.LIMIT_S) in asked
    assert "--numeric" in asked


def test_a_tool_that_fails_for_another_reason_than_its_limits_is_no_result(monkeypatch, tmp_path):
    failed = type("Ran", (), {"returncode": 1, "stderr": b"KeyError: no such column"})
    monkeypatch.setattr(beside.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(RuntimeError, match="no such column"):
        beside.run_peer(beside.PEER_MEASURES[0], tmp_path)


def test_what_other_tools_are_beside_is_timed():
    ours = {task.name for group in measured.GROUPS.values() for task in group}
    assert {one.beside for one in beside.PEER_MEASURES} <= ours
    assert all(one.why for one in beside.PEER_MEASURES if one.alike is Alike.OTHER)


@pytest.mark.parametrize(
    ("alike", "theirs", "ours", "kept"),
    [
        (Alike.EQUAL, 0.6, 0.6 + 1e-12, True),
        (Alike.EQUAL, 0.6, 0.61, False),
        (Alike.EQUAL, 0.6, None, False),
        (Alike.WHOLE_PART, 2.0, 2.9, True),
        (Alike.WHOLE_PART, 2.0, 3.1, False),
        (Alike.OTHER, 1.4, None, True),
    ],
)
def test_numbers_go_together_as_the_definitions_say(alike, theirs, ours, kept):
    assert beside.is_alike(alike, theirs, ours) is kept


def test_a_tool_is_shown_with_how_many_times_faster_ours_is_and_whether_its_number_is_ours():
    peer = Peer("pycanon", "l_diversity", "distinct-l")
    found = {"wall_s": 3.0, "cpu_s": 2.0, "numbers": [3.0]}
    one = beside.shown_of(peer, 10_000, found, {"cpu_s": 0.01, "numbers": [4.0]})
    lines = list(show.markdown(show.Run(10, _groups(0.1), (one, Shown(peer, 0)), {}, 0.0), {}))
    assert one.ratio == pytest.approx(200)
    assert "| distinct-l | pycanon `l_diversity` | 10,000 | 2.00 | 0.0100 | 200 | 3 | 4 | **no** |" in lines
    assert any("none of 30,000, 10,000, 3,000" in line for line in lines)
    assert math.isnan(Shown(peer, 0).ratio)


def test_what_no_tool_managed_is_nothing_in_the_json():
    run = show.Run(10, _groups(0.1), (Shown(Peer("pycanon", "l_diversity", "distinct-l"), 0),), {}, 0.0)
    told = json.loads(json.dumps(show.as_json(run, {}), allow_nan=False))
    assert (told["peers"][0]["cpu_s"], told["peers"][0]["ratio"], told["peers"][0]["peer"]["tool"]) == (
        None,
        None,
        "pycanon",
    )


@pytest.mark.parametrize(("cpu_s", "verdict"), [(10.0, "met"), (10.01, "**not met**")])
def test_a_measure_is_met_up_to_ten_cpu_seconds(cpu_s, verdict):
    lines = list(show.markdown(show.Run(10, _groups(cpu_s), (), {}, 0.0), {}))
    assert f"| k | {cpu_s:.2f} | 1.00 | 2 | {verdict} |" in lines


def test_what_is_refused_is_not_met_and_said(small):
    def refuse(_):
        raise CannotMeet(Reason.NO_QUASI_IDENTIFIER)

    one = timed(refuse, small, 3, list)
    assert one == {"refused": Reason.NO_QUASI_IDENTIFIER.value}
    groups = _groups(1.0)
    groups["risk"]["suda"] = one
    lines = list(show.markdown(show.Run(10, groups, (), {}, 0.0), {}))
    assert f"| suda | refused: {Reason.NO_QUASI_IDENTIFIER.value} | – | – | **not met** |" in lines
    assert "1 of 2 met; the slowest is k with 1.00 CPU s." in lines


def test_a_slow_run_is_run_once(small, monkeypatch):
    monkeypatch.setattr("bench.measures.ours.SHORT_S", 0.0)
    assert timed(lambda one: one.rows, small, 3, lambda rows: [rows])["runs"] == 1


def test_models_are_shown_with_their_rows():
    told = {"rows": 20_000, "folds": 5, "cpu_s": 30.0, "wall_s": 31.0}
    text = "\n".join(show.markdown(replace(show.Run(10, _groups(1.0), (), {}, 0.0), models=told), {}))
    assert "20,000 rows, 5 folds" in text
    assert "30.0 CPU s" in text


def _groups(cpu_s):
    one = {"cpu_s": cpu_s, "wall_s": 1.0, "mib": 2.0, "runs": 3, "numbers": [5]}
    return {"risk": {"k": one}, "use": {}, "stars": {}, "change": {"round": one}}
