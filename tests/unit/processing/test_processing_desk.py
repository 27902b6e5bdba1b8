"""The desk: everything it knows comes back from the ledger; what was cut is swept; refusals are written down."""

import subprocess
import sys

import pytest

from sekisho.errors import BadParcel, Finding, Reason, Refused, SekishoError, Tampered, Unavailable
from sekisho.journey import Event, State
from tests.unit.processing.processing_room import desk_in

CASE, OTHER = "132993-000001", "132993-000002"
ONE = "sha256:" + "1" * 64
STORY: tuple[tuple[str, Event, dict], ...] = (
    (CASE, Event.FETCHED, {"sender": "132993", "number": 1, "sha256": ONE, "label_sha256": ONE}),
    (OTHER, Event.FETCHED, {"sender": "132993", "number": 2, "sha256": ONE, "label_sha256": ONE}),
    (CASE, Event.OPENED, {"rows": 60}),
    (CASE, Event.DISARMED, {"rows": 60}),
    (OTHER, Event.HELD, {"reason": "release.held-by-person", "person": "audit"}),
    (CASE, Event.PROFILED, {}),
    (CASE, Event.PLANNED, {}),
    (CASE, Event.APPLIED, {}),
    (CASE, Event.MEASURED, {}),
    (CASE, Event.JUDGED, {}),
    (CASE, Event.SEALED, {"recipient": "institute", "number": 1}),
    (CASE, Event.SECRETS_DESTROYED, {"files": 3}),
    (CASE, Event.REQUESTED, {"operator": "okada"}),
    (CASE, Event.APPROVED, {"person": "private-1", "role": "privacy-reviewer"}),
)


def tell(desk):
    for case, event, facts in STORY:
        desk.record(case, event, **facts)


@pytest.mark.requirement("E01")
def test_a_desk_rebuilt_from_the_ledger_knows_what_the_first_one_knew(tmp_path):
    with desk_in(tmp_path) as desk:
        tell(desk)
        with pytest.raises(Refused), desk.denying(CASE, "approve", "private-1"):
            raise Refused(Reason.PERMIT_SAME_PERSON)
        known = (desk.cases, desk.facts, desk.places)
        assert desk.case(CASE).state is State.HALF_APPROVED
        assert desk.case(OTHER).state is State.HELD
    with desk_in(tmp_path) as desk:
        assert (desk.cases, desk.facts, desk.places) == known
        assert list(desk.waiting(State.HELD)) == [OTHER]


@pytest.mark.requirement("B15")
def test_an_event_that_may_not_follow_is_not_written(tmp_path):
    with desk_in(tmp_path) as desk:
        tell(desk)
        size = desk.book.size
        for case, event in ((CASE, Event.HANDED_OVER), (OTHER, Event.SEALED), ("132993-000009", Event.OPENED)):
            with pytest.raises(Refused, match=Reason.MOVE_NOT_ALLOWED.value):
                desk.record(case, event)
        assert desk.book.size == size
        assert "132993-000009" not in desk.cases


@pytest.mark.parametrize(
    ("error", "written"),
    [
        (Refused(Reason.WRONG_ROLE), True),
        (BadParcel(Reason.NUMBER_LOST), True),
        (Tampered(Reason.LEDGER_PROOF), True),
        (Unavailable(Reason.LINE_UNREACHABLE), False),
        (SekishoError(Reason.CLAIM_NOT_KEPT), False),
    ],
)
@pytest.mark.requirement("E04")
def test_a_refusal_is_written_down_and_a_fault_is_not(tmp_path, error, written):
    with desk_in(tmp_path) as desk:
        tell(desk)
        size = desk.book.size
        with pytest.raises(type(error)), desk.denying(CASE, "declare lost", "safe-1", "nobody", "private-1"):
            raise error
        new = list(desk.book.entries(size))
    assert len(new) == written
    if written:
        assert (new[0].event, new[0].case) == ("Denied", CASE)
        assert new[0].facts == {"move": "declare-lost", "persons": "safe-1,private-1", "reason": error.reason.value}


def test_neither_an_unknown_case_nor_an_unknown_person_gets_into_the_ledger(tmp_path):
    with desk_in(tmp_path) as desk:
        with pytest.raises(Refused), desk.denying("田中一郎", "approve", "田中一郎"):
            raise Refused(Reason.CASE_UNKNOWN)
        (entry,) = desk.book.entries()
    assert (entry.case, entry.facts) == ("", {"move": "approve", "reason": "release.case-unknown"})


def test_what_never_happened_to_a_case_and_a_case_that_is_not_here_are_refused(tmp_path):
    with desk_in(tmp_path) as desk:
        tell(desk)
        assert desk.facts_of(CASE, "Sealed") == {"recipient": "institute", "number": 1}
        with pytest.raises(Refused, match=Reason.MOVE_NOT_ALLOWED.value):
            desk.latest(CASE, Event.HANDED_OVER)
        with pytest.raises(Refused, match=Reason.CASE_UNKNOWN.value):
            desk.case("132993-000009")


@pytest.mark.requirement("A07")
def test_what_a_cut_left_is_swept_when_the_desk_is_opened_and_what_may_go_on_stays(tmp_path):
    with desk_in(tmp_path) as desk:
        tell(desk)
        shelf, work = desk.settings.folders.shelf, desk.settings.folders.work
        assert desk.fetched(CASE).parent == shelf / "fetched"
    left, kept = ONE.removeprefix("sha256:"), "2" * 64
    stays = [f"shelf/parts/{kept}.part", f"shelf/parts/{kept}.opening", f"work/{CASE}/table.parquet"]
    goes = [
        "work/0123456789abcdef.part/table.csv",
        "shelf/reports/x.v1.json.0123456789abcdef.part",
        f"shelf/parts/{left}.part",
        f"shelf/parts/{left}.opening",
        f"shelf/parts/{kept}.opening.0123456789abcdef.part",
    ]
    for name in (*stays, *goes):
        path = tmp_path / "processing" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    with desk_in(tmp_path):
        assert [name for name in stays if not (tmp_path / "processing" / name).exists()] == []
        assert [name for name in goes if (tmp_path / "processing" / name).exists()] == []
        assert not (work / "0123456789abcdef.part").exists()


def test_a_kept_statement_that_changed_on_the_disk_is_not_believed(tmp_path):
    with desk_in(tmp_path) as desk:
        digest = str(desk.keep(b"a statement"))
        assert str(desk.keep(b"a statement")) == digest
        assert desk.statement(digest) == b"a statement"
        path = desk.settings.folders.shelf / "statements" / f"{digest.removeprefix('sha256:')}.json"
        path.write_bytes(b"another one")
        with pytest.raises(Unavailable, match=Reason.DISK_FAILED.value):
            desk.statement(digest)


def test_findings_are_kept_as_columns_rules_and_counts(tmp_path):
    with desk_in(tmp_path) as desk:
        path = desk.keep_findings(CASE, (Finding("年齢", "maximum", 2, 7),))
        assert path.read_text(encoding="utf-8") == (
            '[\n {\n  "column": "年齢",\n  "rule": "maximum",\n  "count": 2,\n  "first_row": 7\n }\n]'
        )


IMPORTS = """
import importlib, pathlib, sys
import sekisho.zones.processing as room
for path in sorted(pathlib.Path(room.__path__[0]).glob("*.py")):
    importlib.import_module(f"sekisho.zones.processing.{path.stem}")
served = ("uvicorn", "starlette", "httptools", "socketserver", "http.server", "sekisho.lines.server", "sekisho.lines.web",
          "sekisho.lines.upload", "sekisho.reception")
print(sorted(name for name in served if name in sys.modules))
"""


@pytest.mark.requirement("B08")
def test_processing_has_no_part_that_could_serve_anybody():
    ran = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
