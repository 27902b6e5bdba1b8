"""`sekisho municipality codes`: what is said and what is written."""

from pathlib import Path

import pytest

from sekisho.cli.main import main
from sekisho.deid.ladders.builtin.known import BuiltIn
from sekisho.deid.ladders.builtin.merged import climb_municipality
from sekisho.tables.policy_file import open_policy

HEAD = "標準地域コード,市区町村,廃置分合等施行年月日,改正事由\n"
HOKUTO = "01236,北斗市,2006-02-01,上磯町(01335)、大野町(01336)が合併し、北斗市(01236)を新設\n"
POLICY = 'format = "sekisho-policy-v1"\nk = 2\n[ladder]\n"市" = { builtin = "municipality", merged = "merged.txt" }\n'


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["--lang", "en", "municipality", "codes", *arguments])
    said = capsys.readouterr()
    return int(left.value.code or 0), said.out, said.err


@pytest.fixture
def published(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(HEAD + HOKUTO, encoding="utf-8")
    return path


def test_the_table_that_is_written_can_be_named_by_a_policy(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told, _ = run(capsys, str(published), "--out", str(tmp_path / "merged.txt"))
    assert code == 0
    assert "Read as e-Stat's list of changed areas (廃置分合等情報): 1 rows" in told
    assert 'builtin = "municipality", merged = "merged.txt"' in told
    (tmp_path / "policy.toml").write_text(POLICY, encoding="utf-8")
    rule = open_policy(tmp_path / "policy.toml").ladders["市"].rule
    assert isinstance(rule, BuiltIn)
    assert climb_municipality("01335", rule.merged) == ("01236 北斗市", "北海道", "北海道地方")


def test_records_that_were_not_understood_are_named_by_their_rows_and_not_endlessly(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = "".join(f"01236,,2006-02-01,理由の\x1b[31m{number}つめ\n" for number in range(25))
    today = "01236,,2006-02-01,函館市(01202)が北斗市(01236)に編入\n"
    published.write_text(HEAD + HOKUTO + today + odd, encoding="utf-8")
    code, told, _ = run(capsys, str(published), "--out", str(tmp_path / "merged.txt"))
    assert code == 0
    assert "Not understood, and not in the table: 25 places" in told
    assert "row 3: 2006-02-01 理由の [31m0つめ" in told
    assert "… and 5 more" in told
    assert "row 2: 2006-02-01 01202 → 01236: the code that is said to have ended is one of today" in told
    assert "\x1b" not in told


def test_a_chain_that_ends_nowhere_is_counted(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published.write_text(f"{HEAD}01236,,2006-02-01,上磯町(01335)が北斗町(01799)に名称変更\n", encoding="utf-8")
    _, told, _ = run(capsys, str(published), "--out", str(tmp_path / "merged.txt"))
    assert "Leading to a code that today's list of municipalities does not have: 1" in told


def test_a_list_of_another_layout_is_refused_and_nothing_is_written(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published.write_text("code,name\n01100,x\n", encoding="utf-8")
    code, _, told = run(capsys, str(published), "--out", str(tmp_path / "merged.txt"))
    assert code == 2
    assert "ladder.codes-layout" in told
    assert "list.csv" in told
    assert not (tmp_path / "merged.txt").exists()


def test_a_file_that_is_there_is_not_overwritten(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "merged.txt").write_text("mine")
    code, _, _ = run(capsys, str(published), "--out", str(tmp_path / "merged.txt"))
    assert code == 64
    assert (tmp_path / "merged.txt").read_text() == "mine"
