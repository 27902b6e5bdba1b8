"""The calls of a data scientist: a policy in Python, a table de-identified, results as files and pages."""

import datetime as dt
from fractions import Fraction

import polars as pl
import pyarrow.parquet as pq
import pytest

from sekisho.deid.bounds import Distance, DistinctL, KMap, TCloseness
from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.calendar import Calendar, Step
from sekisho.deid.ladders.file import FileLadder
from sekisho.deid.policy import Climb, Goal, Mode, Policy
from sekisho.deid.table import table_of
from sekisho.errors import BadTable, Malformed, Reason, SekishoError, Unavailable
from sekisho.library.deidentify import deidentify
from sekisho.library.models import compare_models
from sekisho.library.policies import make_policy, open_ladder
from sekisho.library.results import report_page, write_table
from sekisho.library.sources import make_schema

FRAME = pl.DataFrame(
    {
        "name": [f"p{one}" for one in range(12)],
        "age": [31, 32, 35, 38, 41, 45, 61, 66, 33, 36, 44, 62],
        "sex": ["F", "F", "M", "M", "F", "F", "M", "M", "F", "M", "F", "M"],
        "care": ["none", "1", "none", "2", "1", "1", "3", "none", "5", "5", "1", "2"],
    }
)
ROLES = {"quasi_identifiers": ["age", "sex"], "sensitive": "care", "identifiers": "name"}


@pytest.fixture
def ladder(tmp_path):
    path = tmp_path / "sex.csv"
    path.write_text("F;*\nM;*\n", encoding="utf-8")
    return path


@pytest.fixture
def policy(ladder):
    return make_policy(2, {"age": Bands((10, 20)), "sex": ladder})


def test_a_frame_and_its_roles_give_a_table_that_keeps_k(policy):
    made = deidentify(FRAME, policy, **ROLES)
    assert made.report.number("k") >= 2
    assert made.table.names == ("age", "sex", "care")
    assert sorted(made.table.column("care").cells()) == sorted(FRAME["care"])


def test_the_same_entropy_gives_the_same_table(policy):
    once, again = (deidentify(FRAME, policy, **ROLES, entropy=bytes(32)) for _ in range(2))
    assert [one.cells() for one in once.table.columns] == [one.cells() for one in again.table.columns]


def test_fresh_entropy_is_drawn_where_none_is_given(policy, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "sekisho.library.deidentify.secrets.token_bytes", lambda size: drawn.append(size) or bytes(size)
    )
    deidentify(FRAME, policy, **ROLES)
    assert drawn == [32]


def test_policy_schema_and_table_may_be_paths(tmp_path, ladder):
    assert ladder.exists()
    (tmp_path / "policy.toml").write_text(
        'format = "sekisho-policy-v1"\nk = 2\n[ladder]\nage = { bands = [10, 20] }\nsex = { file = "sex.csv" }\n',
        encoding="utf-8",
    )
    columns = {
        "age": ("integer", "quasi-identifier"),
        "sex": ("text", "quasi-identifier"),
        "care": ("text", "sensitive"),
    }
    (tmp_path / "schema.toml").write_text(
        'format = "sekisho-schema-v1"\nname = "made"\nencoding = "utf-8"\n'
        + "".join(
            f'[[column]]\nname = "{name}"\ntype = "{kind}"\nrole = "{role}"\n' for name, (kind, role) in columns.items()
        ),
        encoding="utf-8",
    )
    FRAME.select(*columns).write_csv(tmp_path / "t.csv")
    made = deidentify(str(tmp_path / "t.csv"), tmp_path / "policy.toml", str(tmp_path / "schema.toml"))
    assert made.report.rows_before == FRAME.height
    assert made.report.number("k") >= 2


def test_a_column_without_a_role_is_refused_with_its_name_in_words(policy, monkeypatch):
    monkeypatch.setenv("SEKISHO_LANG", "en")
    with pytest.raises(BadTable) as caught:
        deidentify(FRAME, policy, quasi_identifiers=["age", "sex"], sensitive=["care"])
    assert caught.value.reason is Reason.TABLE_ROLES
    (note,) = caught.value.__notes__
    assert "name" in note
    assert "has no role" in note
    assert "plain" in note


def test_a_refusal_speaks_japanese_where_nothing_else_is_asked(policy, monkeypatch):
    monkeypatch.delenv("SEKISHO_LANG", raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    with pytest.raises(SekishoError) as caught:
        deidentify(FRAME, policy, quasi_identifiers=["age", "sex"])
    assert "役割が指定されていません" in caught.value.__notes__[0]


def test_a_bound_out_of_reach_is_told_with_what_is_within_reach(ladder, monkeypatch):
    monkeypatch.setenv("SEKISHO_LANG", "en")
    wanted = make_policy(2, {"age": Bands((10, 20)), "sex": ladder}, bounds=[DistinctL("care", 99)])
    with pytest.raises(SekishoError) as caught:
        deidentify(FRAME.select("age", "sex", "care"), wanted, quasi_identifiers=["age", "sex"], sensitive="care")
    assert caught.value.reason is Reason.NO_PLAN
    reachable = FRAME["care"].n_unique()
    assert f"bound distinct-l, asked 99, within reach {reachable}" in caught.value.__notes__[0]


def test_a_policy_that_cannot_be_made_is_told_in_words_with_the_choices(monkeypatch):
    monkeypatch.setenv("SEKISHO_LANG", "en")
    with pytest.raises(SekishoError) as caught:
        make_policy(2, mode="globl")
    assert caught.value.reason is Reason.POLICY_MALFORMED
    assert "key mode, choices local, global, cells" in caught.value.__notes__[0]


def test_a_refusal_is_told_once_however_many_calls_it_passes(policy, tmp_path):
    with pytest.raises(SekishoError) as caught:
        deidentify(tmp_path / "none.csv", policy, plain=["care"])
    assert len(caught.value.__notes__) == 1


def test_a_frame_without_rows_is_refused_as_such(policy):
    with pytest.raises(BadTable) as caught:
        deidentify(FRAME.head(0).select("age", "sex"), policy, quasi_identifiers=["age", "sex"])
    assert caught.value.reason is Reason.TABLE_EMPTY


def test_a_column_that_is_blank_throughout_goes_with_every_ladder(ladder):
    blank = FRAME.select("age", "sex").with_columns(age=pl.lit(None, dtype=pl.Int64), born=pl.lit(None))
    wanted = make_policy(2, {"age": Bands((10, 20)), "sex": ladder, "born": Calendar((Step.YEAR,))})
    made = deidentify(blank, wanted, quasi_identifiers=blank.columns)
    assert made.table.column("age").used().values == (None,)
    assert made.table.column("born").used().values == (None,)


def test_roles_beside_a_schema_are_a_type_error(policy, tmp_path):
    with pytest.raises(TypeError, match="not both"):
        deidentify(FRAME, policy, tmp_path / "schema.toml", plain=["care"])


def test_a_policy_made_in_python_is_the_one_that_a_file_would_give(ladder):
    made = make_policy(
        5,
        {"age": Climb(Bands([10, 20], top=90), 1), "sex": str(ladder), "born": Calendar((Step.YEAR,))},
        suppression_limit=0.05,
        goal="average-class",
        mode="global",
        bounds=[DistinctL("care", 2), TCloseness("care", 0.2, Distance.EQUAL)],
        delete="note",
    )
    assert made == Policy(
        k=5,
        suppression_limit=Fraction(1, 20),
        goal=Goal.AVERAGE_CLASS,
        mode=Mode.GLOBAL,
        bounds=(DistinctL("care", 2), TCloseness("care", Fraction(1, 5), Distance.EQUAL)),
        delete=frozenset({"note"}),
        ladders={
            "age": Climb(Bands((10, 20), top=90), 1),
            "sex": Climb(FileLadder((("F", "*"), ("M", "*")))),
            "born": Climb(Calendar((Step.YEAR,))),
        },
    )


@pytest.mark.parametrize("rule", [Bands((10, 15)), Calendar((Step.YEAR, Step.MONTH))])
def test_a_ladder_whose_levels_do_not_nest_is_refused_at_once(rule):
    with pytest.raises(Malformed) as caught:
        make_policy(5, {"age": rule})
    assert (caught.value.reason, caught.value.facts["column"]) == (Reason.LADDER_MALFORMED, "age")


def test_a_ladder_that_is_none_is_a_type_error():
    with pytest.raises(TypeError, match="ladder"):
        make_policy(5, {"age": 7})


def test_a_malformed_ladder_file_is_named(tmp_path):
    (tmp_path / "sex.csv").write_text("F;*\nM\n", encoding="utf-8")
    with pytest.raises(Malformed) as caught:
        open_ladder(tmp_path / "sex.csv")
    assert (caught.value.reason, caught.value.facts["column"]) == (Reason.LADDER_MALFORMED, "sex")


TABLE = table_of(age=["30-39", "30-39"], born=[dt.date(1990, 1, 5), None])


def test_a_table_is_written_as_its_ending_says(tmp_path):
    assert (
        write_table(TABLE, str(tmp_path / "t.csv")).read_text(encoding="utf-8")
        == "age,born\n30-39,1990-01-05\n30-39,\n"
    )
    assert pq.read_table(write_table(TABLE, tmp_path / "t.parquet")).to_pydict() == {
        "age": ["30-39", "30-39"],
        "born": [dt.date(1990, 1, 5), None],
    }


def test_a_file_that_is_there_is_never_written_over(tmp_path):
    (tmp_path / "t.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(Unavailable) as caught:
        write_table(TABLE, tmp_path / "t.csv")
    assert caught.value.reason is Reason.FILE_EXISTS
    assert (tmp_path / "t.csv").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("table", "reason"), [(table_of(a=[]), Reason.TABLE_EMPTY), (table_of(a=["=1"]), Reason.TABLE_DOES_NOT_FIT)]
)
def test_no_file_stays_of_a_table_that_cannot_be_written(tmp_path, table, reason):
    with pytest.raises(BadTable) as caught:
        write_table(table, tmp_path / "t.csv")
    assert caught.value.reason is reason
    assert not (tmp_path / "t.csv").exists()


@pytest.mark.parametrize(("language", "told"), [("ja", "報告書"), ("en", "report")])
def test_the_report_is_a_page_in_the_language_asked_for(policy, language, told):
    page = report_page(deidentify(FRAME, policy, **ROLES).report, language, "made")
    assert f'lang="{language}"' in page
    assert told in page


def test_a_population_without_a_quasi_identifier_is_refused_with_its_name(ladder):
    wanted = make_policy(2, {"age": Bands((10, 20)), "sex": ladder}, bounds=[KMap(2)])
    with pytest.raises(BadTable) as caught:
        deidentify(FRAME, wanted, **ROLES, population=FRAME.select("age"))
    assert caught.value.reason is Reason.TABLE_ROLES
    assert [(one.column, one.rule) for one in caught.value.findings] == [("sex", "no-such-column")]


def test_a_schema_made_of_roles_does_what_the_roles_do(policy):
    schema = make_schema(FRAME, **ROLES)
    by_schema, by_roles = (
        deidentify(FRAME, policy, *given, **roles, entropy=bytes(32)) for given, roles in (([schema], {}), ([], ROLES))
    )
    assert by_schema.report == by_roles.report


def test_a_schema_is_made_only_where_every_column_has_a_role():
    with pytest.raises(BadTable) as caught:
        make_schema(FRAME, quasi_identifiers=["age", "sex"])
    assert [one.column for one in caught.value.findings] == ["name", "care"]


def test_models_are_compared_from_files_too(tmp_path, ladder, policy):
    pytest.importorskip("sklearn")
    frame = pl.concat([FRAME] * 4)
    frame.write_parquet(tmp_path / "t.parquet")
    (tmp_path / "policy.toml").write_text(
        'format = "sekisho-policy-v1"\nk = 2\n[ladder]\nage = { bands = [10, 20] }\nsex = { file = "sex.csv" }\n',
        encoding="utf-8",
    )
    schema = make_schema(frame, **ROLES)
    assert ladder.parent == tmp_path
    by_path = compare_models(tmp_path / "t.parquet", schema, tmp_path / "policy.toml", "care", folds=2)
    assert by_path == compare_models(frame, schema, policy, "care", folds=2)
