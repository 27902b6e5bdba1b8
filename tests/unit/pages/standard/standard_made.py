"""Judgements as a gate gives them, written by hand: every verdict, and each way that a check can end."""

from datetime import date

from sekisho.deid.standard.judgement import (
    Check,
    Decided,
    Decision,
    Item,
    Judgement,
    Look,
    Outcome,
    counted,
    decide,
)
from sekisho.deid.standard.written import write_judgement
from sekisho.digest import digest_of
from sekisho.pages.standard.facts import CaseFacts

TODAY = date(2026, 11, 23)
FACTS = CaseFacts(
    case="0007",
    municipality="青葉市",
    dataset="国民健康保険の資格",
    rows_before=50_000,
    rows_after=49_812,
    table=digest_of(b"table"),
    plan=digest_of(b"plan"),
    report=digest_of(b"report"),
    operator="k.mori",
    on=TODAY,
    work_seconds=4_981,
    free_text_columns=1,
    trial=False,
)
ACCEPTED = (
    Decision(Item.DIRECT, Look.MASKED_TEXT, "備考", Decided.ACCEPT, "担当者が二人で全文を読んだ。", "t.kanda", TODAY),
    Decision(
        Item.FILE,
        Look.SMALL_CELLS,
        "要介護度",
        Decided.ACCEPT,
        "要介護5の人数は市が毎月公表しているため、この表から新たに分かることはない。",
        "s.ueda",
        TODAY,
    ),
)
REFUSED = Decision(Item.DIRECT, Look.MASKED_TEXT, "備考", Decided.REFUSE, "勤務先が読み取れる。", "t.kanda", TODAY)


def _clear(look: Look, column: str = "", *, about: str = "", done: str = "", **looked: int) -> Check:
    return Check(look, Outcome.CLEAR, column, about, counted(**looked), counted(cells=0), done)


def _of_the_file() -> tuple[Check, ...]:
    return (
        _clear(Look.BOUNDS, bounds=4),
        Check(Look.CLASS_SIZE, Outcome.CLEAR, "", "k", looked=counted(least=5), found=counted(rows=5)),
        Check(Look.ALL_COLUMNS, Outcome.CLEAR, looked=counted(columns=9, rows=49_812), found=counted(rows=1_204)),
        Check(
            Look.SMALL_CELLS,
            Outcome.DECIDE,
            "要介護度",
            "",
            counted(least=5, values=8),
            counted(cells=3, values=1),
            "keep",
        ),
    )


def checks() -> dict[Item, tuple[Check, ...]]:
    """Give the checks of a table that needs two decisions."""
    return {
        Item.DIRECT: (
            _clear(Look.DIRECT_COLUMN, "氏名", about="name", done="delete", cells=50_000),
            _clear(Look.DIRECT_COLUMN, "氏名カナ", about="name", done="delete", cells=50_000),
            _clear(Look.DIRECT_COLUMN, "住所", about="address", done="pseudonym", cells=50_000),
            _clear(Look.NAME_LEFT, columns=9, values=1_840),
            _clear(Look.TELEPHONE_LEFT, columns=9, values=1_840),
            _clear(Look.DELETED_VALUE, columns=9, values=1_840, deleted=48_113),
            Check(
                Look.MASKED_TEXT,
                Outcome.DECIDE,
                "備考",
                "",
                counted(cells=49_812, values=4_120),
                counted(cells=49_100),
                "mask",
            ),
        ),
        Item.INDIVIDUAL_CODE: (
            _clear(Look.CODE_COLUMN, "被保険者番号", about="insured-number", done="delete", cells=50_000),
            _clear(Look.CODE_SEEN, columns=9, values=1_840),
        ),
        Item.LINK: (
            _clear(Look.LINK_COLUMN, "宛名番号", about="link", done="delete", cells=50_000),
            _clear(Look.UNIQUE_COLUMN, columns=9, values=1_840),
            _clear(Look.REGISTER_ORDER, done="shuffle", rows=49_812),
        ),
        Item.ODD: (
            _clear(Look.DICTIONARY, columns=9, entries=15),
            _clear(Look.ODD_NUMBER, "年齢", about="age", done="code", values=91, limit=110),
        ),
        Item.FILE: _of_the_file(),
    }


def judgement(*decisions: Decision, more: dict[Item, tuple[Check, ...]] | None = None) -> Judgement:
    """Give the judgement with these decisions; `more` are checks that come on top."""
    return Judgement(
        TODAY,
        tuple(decide(item, (*found, *(more or {}).get(item, ())), decisions) for item, found in checks().items()),
    )


ODD_AGE = Check(
    Look.ODD_NUMBER, Outcome.FAULT, "年齢", "age", counted(limit=110, values=83), counted(cells=1, values=1), "keep"
)


def passed() -> bytes:
    return write_judgement(judgement(*ACCEPTED))


def waiting() -> bytes:
    return write_judgement(judgement())


def failed() -> bytes:
    return write_judgement(judgement(REFUSED, ACCEPTED[1], more={Item.ODD: (ODD_AGE,)}))
