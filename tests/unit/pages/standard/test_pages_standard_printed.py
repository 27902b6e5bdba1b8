import builtins
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date

import pytest
from standard_made import FACTS, failed, judgement, passed, waiting

from sekisho.deid.standard.judgement import Check, Decided, Decision, Item, Look, Outcome, counted
from sekisho.deid.standard.written import write_judgement
from sekisho.digest import digest_of
from sekisho.errors import BadSettings, Malformed, Reason
from sekisho.pages.print.typeset import TYPEFACES, choose_typeface, clusters_of
from sekisho.pages.standard.printed import print_standard
from sekisho.pages.standard.view import view_standard
from sekisho.pages.words import Language, words_in

JA, EN = words_in(Language.JA), words_in(Language.EN)
TODAY = date(2026, 11, 23)


def said_by(pdf: bytes) -> str:
    """Give the text of a PDF without its spaces."""
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("pdftotext is not installed (poppler-utils)")
    text = subprocess.run([reader, "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return bare(text)


def bare(text: str) -> str:
    return "".join(text.replace("\u200b", "").split())


def pages_in(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def decided(reason: str, by: str = "t.kanda") -> bytes:
    decision = Decision(Item.DIRECT, Look.MASKED_TEXT, "備考", Decided.ACCEPT, reason, by, TODAY)
    return write_judgement(judgement(decision))


@pytest.mark.parametrize("language", Language)
def test_the_sheet_says_what_the_page_says(language):
    words = words_in(language)
    said = said_by(print_standard(failed(), FACTS, words))
    view = view_standard(failed(), FACTS, words)
    told = [words.say("standard_page.title"), view.lead, *(part for pair in view.case for part in pair)]
    for one in view.items:
        told += [one.title, one.text, one.verdict_says, one.decided_by, one.checked]
        told += [part for check in one.checks for part in (check.what, check.columns, check.found, check.counts)]
        told += [decision.reason for decision in one.decisions]
    assert [part for part in told if bare(part) not in said] == []


def test_every_page_bears_the_digest_of_the_record():
    pdf = print_standard(passed(), FACTS, JA)
    assert said_by(pdf).count(digest_of(passed()).hex) == pages_in(pdf) + 1  # and once among the digests


def test_a_sheet_has_at_most_three_pages_and_numbers_them():
    pdf = print_standard(failed(), FACTS, JA)
    assert 1 <= pages_in(pdf) <= 3
    assert f"1/{pages_in(pdf)}" in said_by(pdf)


def test_the_same_judgement_gives_the_same_bytes():
    assert print_standard(waiting(), FACTS, EN) == print_standard(waiting(), FACTS, EN)


def test_the_sheet_is_for_archives_and_bears_the_day_of_its_facts():
    pdf = print_standard(passed(), replace(FACTS, on=date(2027, 1, 5)), JA)
    assert b"pdfaid:part>2<" in pdf
    assert b"pdfaid:conformance>B<" in pdf
    assert b"2027-01-05" in pdf


def test_a_trial_is_marked_on_the_sheet():
    assert "TRIAL" in said_by(print_standard(passed(), replace(FACTS, trial=True), EN))
    assert "TRIAL" not in said_by(print_standard(passed(), FACTS, EN))


def test_what_people_wrote_is_never_markup():
    evil = '#panic("x") *b* $1$ `c` @d <e> \\ [f] // g #sys.inputs'
    said = said_by(print_standard(decided(evil, by="#h*i*"), replace(FACTS, municipality="#(1+1)市"), JA))
    assert all(bare(one) in said for one in (evil, "#h*i*", "#(1+1)市"))


@pytest.mark.parametrize("rare", ["\ue000", "\U000f0001", "😀", "\u202e", "\x07", "\ufffd"])
def test_what_no_font_has_is_printed_as_a_geta(rare):
    assert "読んだ〓。" in said_by(print_standard(decided(f"読んだ{rare}。"), FACTS, JA))


def test_kanji_of_names_are_printed_as_they_are():
    assert "髙𠮷﨑" in said_by(print_standard(decided("髙𠮷﨑"), FACTS, JA))


def test_several_lines_of_a_reason_are_printed():
    assert "一行目。二行目。" in said_by(print_standard(decided("一行目。\n二行目。"), FACTS, JA))


def test_hundreds_of_columns_and_long_names_still_fit():
    names = [f"column_{place:03}_" + "x" * 60 for place in range(300)]
    checks = tuple(
        Check(Look.DIRECT_COLUMN, Outcome.CLEAR, name, "", counted(cells=1), counted(columns=0), "delete")
        for name in names
    )
    pdf = print_standard(write_judgement(judgement(more={Item.DIRECT: checks})), FACTS, JA)
    said = said_by(pdf)
    missing = [name for name in names if name not in said]
    assert len(missing) < pages_in(pdf)  # the end of a page may stand inside a name


def test_characters_keep_the_marks_that_belong_to_them():
    assert list(clusters_of("葛\U000e0100か\u3099x")) == ["葛\U000e0100", "か\u3099", "x"]
    assert list(clusters_of("")) == []


def test_what_is_no_judgement_is_not_printed():
    with pytest.raises(Malformed) as caught:
        print_standard(b"{}", FACTS, JA)
    assert caught.value.reason is Reason.STANDARD_MALFORMED


def test_the_first_typeface_that_is_whole_is_taken():
    assert choose_typeface(["IPAexMincho", "IPAexGothic", "Noto Serif CJK JP"]) is TYPEFACES[1]


def test_a_machine_without_japanese_fonts_is_told_what_to_install():
    with pytest.raises(BadSettings) as caught:
        choose_typeface(["DejaVu Sans", "Noto Serif CJK JP"])
    assert (caught.value.reason, caught.value.facts["package"]) == (Reason.PRINT_FONT_MISSING, "fonts-noto-cjk")


def test_a_machine_without_the_typesetter_is_told_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **more):
        if name == "typst":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(BadSettings) as caught:
        print_standard(passed(), FACTS, JA)
    assert (caught.value.reason, caught.value.facts["package"]) == (Reason.PRINT_TYPST_MISSING, "sekisho[print]")
