import inspect
import re
from pathlib import Path

import pytest

from sekisho.deid import policy
from sekisho.deid.written.policy import read_policy
from sekisho.errors import BadTable, Finding, Malformed, Reason, Refused, Tampered
from sekisho.pages.refusal_text import MOST_FINDINGS, findings_text, refusal_text
from sekisho.pages.words import Language, Words, words_in

JA, EN = words_in(Language.JA), words_in(Language.EN)
FINDINGS = (Finding("", "columns", 1), Finding("年齢", "type", 12, 345), Finding("氏名", "formula", 1_200, 7))


def test_a_refused_table_is_told_in_english() -> None:
    text = refusal_text(EN, BadTable(Reason.TABLE_DOES_NOT_FIT, findings=FINDINGS, rows=50_000))
    assert text == (
        "The table does not fit its schema. [table.does-not-fit]\n"
        "\n"
        "  column        what does not fit                                               count  first row\n"
        "  (whole file)  the header is not as declared (missing, extra, order, doubled)      1          –\n"
        "  年齢          is not of the declared kind (whole number, date, …)                12        345\n"
        "  氏名          a spreadsheet may take it for a formula                         1,200          7\n"
        "\n"
        "Clues: rows 50000\n"
        "To be done by: the sender (municipality)\n"
        "Next: With the columns and rows listed, mend the original data or the schema and inspect again; then seal and send."
        " Values are never shown.\n"
    )


def test_a_refused_table_is_told_in_japanese_with_wide_characters_aligned() -> None:
    lines = findings_text(JA, FINDINGS).split("\n")
    assert lines[0].split() == ["列", "合わない点", "件数", "最初の行"]
    assert lines[2].split() == ["年齢", "決められた種類（整数、日付、団体コードなど）として読めません", "12", "345"]
    ends = {sum(2 if ord(one) > 0x2FFF else 1 for one in line) for line in lines}
    assert len(ends) == 1


def test_a_refusal_without_findings_names_clues_who_and_the_next_step() -> None:
    text = refusal_text(JA, Tampered(Reason.PARCEL_TAMPERED, segment=3))
    assert text.split("\n")[:3] == [
        "封緘データの中身が、封緘したときと一致しません。 [parcel.tampered]",
        "手がかり: 区切り 3",
        "対応する方: この機械の運用担当者",
    ]
    assert "次にすること" in text


def test_a_clue_or_rule_without_words_keeps_its_name() -> None:
    assert "odd_name 1" in refusal_text(EN, Tampered(Reason.PARCEL_TAMPERED, odd_name=1))
    assert "odd-rule" in findings_text(EN, (Finding("a", "odd-rule", 1),))


@pytest.mark.parametrize("words", [JA, EN])
def test_a_long_list_of_findings_is_cut_and_says_so(words: object) -> None:
    many = tuple(Finding(f"c{place}", "blank", 1, 1) for place in range(MOST_FINDINGS + 5))
    lines = findings_text(words, many).split("\n")  # type: ignore[arg-type]
    assert len(lines) == 1 + MOST_FINDINGS + 1
    assert "5" in lines[-1]


@pytest.mark.parametrize("words", [JA, EN])
def test_a_header_in_another_encoding_is_one_line_with_a_count_and_where_all_of_it_stands(words: Words) -> None:
    named = tuple(Finding(f"列{place}", "columns", 1) for place in range(26))
    findings = (Finding("", "columns", 26), *named, Finding("年齢", "type", 12, 345))
    lines = findings_text(words, findings).split("\n")
    header, other, folded = lines[1:]
    assert header.split()[-2:] == ["26", "–"]
    assert words.say("rule.columns") in header
    assert "年齢" in other
    assert folded.strip() == words.say("refusal.folded", count=26)
    assert "--errors" in folded
    assert "列3" not in "".join(lines)


@pytest.mark.parametrize("words", [JA, EN])
def test_that_the_encoding_may_be_another_is_the_first_step_and_no_clue(words: Words) -> None:
    findings = (Finding("", "columns", 26),)
    error = BadTable(Reason.TABLE_DOES_NOT_FIT, findings=findings, rows=0, problem="perhaps-encoding")
    *_, clues, _who, first, then = refusal_text(words, error).splitlines()
    assert first == words.say("refusal.next", next=words.say("rule.perhaps-encoding"))
    assert then == words.say("refusal.next", next=words.say("reason.table.does-not-fit.next"))
    assert "encoding" not in clues


@pytest.mark.parametrize("words", [JA, EN])
def test_a_few_columns_that_a_header_lacks_are_named(words: Words) -> None:
    findings = (Finding("", "columns", 2), *(Finding(name, "columns", 1) for name in ("氏名", "年齢", "性別")))
    lines = findings_text(words, findings).split("\n")
    assert [line.split()[0] for line in lines[2:]] == ["氏名", "年齢", "性別"]


def test_a_clue_cannot_steer_the_terminal() -> None:
    text = refusal_text(EN, Tampered(Reason.PARCEL_TAMPERED, part="\x1b[2Jx"))
    assert "part ·[2Jx" in text


KINDS = ("literal_error", "int_type", "greater_than_equal", "missing", "extra_forbidden", "toml", "unknown-column")


@pytest.mark.parametrize("words", [JA, EN])
@pytest.mark.parametrize("rule", KINDS)
def test_a_rule_among_the_clues_is_said_in_words(words: Words, rule: str) -> None:
    text = refusal_text(words, Malformed(Reason.POLICY_MALFORMED, key="k", rule=rule))
    assert words.say(f"rule.{rule}") in text
    assert rule not in text.replace(words.say(f"rule.{rule}"), "")


@pytest.mark.parametrize(
    "wrong",
    [
        'format = "other"\nk = 5',
        'format = "sekisho-policy-v1"',
        'format = "sekisho-policy-v1"\nk = "5"',
        'format = "sekisho-policy-v1"\nk = 1',
        'format = "sekisho-policy-v1"\nk = 5\ngoal = "beauty"',
        'format = "sekisho-policy-v1"\nk = 5\nsuppression_limit = 2',
        'format = "sekisho-policy-v1"\nk = 5\nsuppression_limit = "0.1"',
        'format = "sekisho-policy-v1"\nk = 5\ndelete = "age"',
        'format = "sekisho-policy-v1"\nk = 5\nladder = 1',
        'format = "sekisho-policy-v1"\nk = 5\nladder = { age = { bands = [] } }',
        'format = "sekisho-policy-v1"\nk = 5\nladder = { age = { date = ["week"] } }',
        'format = "sekisho-policy-v1"\nk = 5\nladder = { age = 3 }',
        'format = "sekisho-policy-v1"\nk = 5\nodd = 1',
        'format = "sekisho-policy-v1"\nk = 5\nbound = [3]',
        'format = "sekisho-policy-v1"\nk = 5\nmode = "global"\nsteps = 7',
        'format = "sekisho-policy-v1"\nk = 5\n[[bound]]\nmeasure = "fame"',
        'format = "sekisho-policy-v1"\nk = 5\n[[bound]]\nmeasure = "average-risk"\nat_most = "x"',
        "no toml",
    ],
)
def test_what_may_be_wrong_in_a_policy_has_words_in_both_languages(wrong: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_policy(wrong.encode(), {})
    rule = caught.value.facts["rule"]
    assert [words.knows(f"rule.{rule}") for words in (JA, EN)] == [True, True], rule


def test_every_rule_of_our_own_for_written_files_has_words() -> None:
    folder = Path(inspect.getfile(policy)).parent
    code = "".join(one.read_text(encoding="utf-8") for one in sorted(folder.rglob("*.py")))
    rules = set(re.findall(r'rule="([a-z0-9-]+)"', code))
    rules |= set(re.findall(r'_malformed\([^()]*, "([a-z0-9-]+)"[,)]', code))
    assert len(rules) > 20
    assert [one for one in sorted(rules) if not (JA.knows(f"rule.{one}") and EN.knows(f"rule.{one}"))] == []


def test_a_move_out_of_turn_names_the_state_in_words_and_the_next_command() -> None:
    error = Refused(Reason.MOVE_NOT_ALLOWED, case="132993-000001", state="secrets destroyed", event="HandedOver")
    for words in (JA, EN):
        text = refusal_text(words, error)
        assert words.say("state.secrets_destroyed") in text
        assert "sekisho release request 132993-000001" in text
        assert "secrets destroyed" not in text


def test_a_move_out_of_turn_where_nothing_follows_keeps_the_general_step() -> None:
    text = refusal_text(EN, Refused(Reason.MOVE_NOT_ALLOWED, case="132993-000001", state="closed", event="Held"))
    assert "state delivered; closed" in text
    assert EN.say("reason.release.move-not-allowed.next") in text
