"""Every change, done alone to the made table, or to what was released of it."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from bench.measures.made import DIAGNOSIS, ENTROPY, INCOME, NUMBER, PERSON, SAVINGS, VISIT, WEIGHT, Made
from sekisho.deid.apply import apply_plan
from sekisho.deid.changes.adding.pseudonyms import draw_pseudonyms
from sekisho.deid.changes.chance import Chance
from sekisho.deid.changes.change import (
    AddSynthetic,
    Change,
    DeleteCells,
    DeleteRows,
    DeleteSubjects,
    Microaggregate,
    Noise,
    Pram,
    Pseudonym,
    Round,
    Sample,
    ShiftDates,
    Swap,
    Where,
)
from sekisho.deid.changes.perform import add_to_table, change_table
from sekisho.deid.table import Table

TENTH, FIFTH = Fraction(1, 10), Fraction(1, 5)
PLACE_AND_SEX = ("municipality", "sex")

CHANGES: dict[str, Change] = {
    "delete-cells: incomes of one row": DeleteCells(Where(INCOME, fewer_than=2)),
    "delete-rows: incomes above 8,000,000": DeleteRows(Where(INCOME, above=8_000_000)),
    "delete-subjects: who have a day before 2015-05": DeleteSubjects(
        PERSON, Where(VISIT, below=date(2015, 5, 1).toordinal())
    ),
    "sample: a tenth of the rows": Sample(TENTH),
    "sample: a tenth of the subjects": Sample(TENTH, PERSON),
    "round: to 10,000": Round((INCOME,), 10_000),
    "microaggregate: one column, groups of 5": Microaggregate((INCOME,), 5),
    "microaggregate: three columns, groups of 5": Microaggregate((INCOME, SAVINGS, VISIT), 5),
    "noise: one column": Noise((INCOME,), TENTH),
    "noise: two columns, correlated": Noise((INCOME, SAVINGS), TENTH, correlated=True),
    "swap: a tenth of the rows": Swap((INCOME, SAVINGS), TENTH),
    "swap: a tenth, within municipality and sex": Swap((INCOME, SAVINGS), TENTH, PLACE_AND_SEX),
    "swap: a tenth, of near rank": Swap((INCOME,), TENTH, ranks=Fraction(1, 100)),
    "pram: diagnosis": Pram(DIAGNOSIS, Fraction(4, 5)),
    "pram: weight, within municipality and sex": Pram(WEIGHT, Fraction(4, 5), PLACE_AND_SEX),
    "shift-dates: by row": ShiftDates((VISIT,), 30),
    "shift-dates: by subject": ShiftDates((VISIT,), 30, PERSON),
    "pseudonym: a number that each row has alone": Pseudonym(NUMBER),
    "add-synthetic: a fifth of what is released": AddSynthetic(FIFTH),
}


class Step(NamedTuple):
    """What is done, by name."""

    name: str
    work: Callable[[Made], Table]


def steps() -> list[Step]:
    """Give back each change, and last what is done to every table: recoding its columns and shuffling its rows."""
    return [*(Step(name, _doing(change)) for name, change in CHANGES.items()), Step("recode, and shuffle", _recode)]


def _doing(change: Change) -> Callable[[Made], Table]:
    match change:
        case Pseudonym(column=column):
            return lambda made: Table((draw_pseudonyms(made.original.column(column), Chance(ENTROPY, "pseudonym")),))
        case AddSynthetic():
            return lambda made: add_to_table(made.released, (change,), made.schema, ENTROPY)
        case _:
            return lambda made: change_table(made.original, (change,), made.schema, ENTROPY)


def _recode(made: Made) -> Table:
    return apply_plan(made.original, made.planned.plan, made.planned.answer, entropy=ENTROPY)
