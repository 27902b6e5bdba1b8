"""Persons as the searches see them: in so few groups that a class can keep count of all of them.

A class that has rows of n groups has rows of n persons at least, so what keeps the bound in groups keeps it in persons. The
other way round a class of n persons can lie in fewer groups: the search then takes it to be too small, and joins it with
another or leaves it out. With no more persons than groups each has one alone, and nothing is missed.
"""

from dataclasses import dataclass

import numpy as np

from sekisho.deid.passes.tuples import Codes, Tuples, with_spread
from sekisho.deid.table import Column

SUBJECTS = ""  # the name of the spread: persons are no column whose values anybody learns
LEAST_GROUPS = 128  # of five persons in groups by chance two meet once in thirteen times; neighbours hardly ever do
GROUPS_PER_PERSON = 16  # asked for


@dataclass(frozen=True, eq=False)
class Grouped:
    """The tuples with the groups of persons as their first spread; `exact` where each person has a group alone."""

    tuples: Tuples
    exact: bool


def group_subjects(tuples: Tuples, subjects: Column, least: int) -> Grouped:
    """Give back the tuples with the persons' groups; `subjects` tells row by row whose it is, `least` how many a class needs.

    Persons are dealt out to the groups in the order of their first tuples, so that those who are nearly alike, and will
    come into one class, have different ones. Blank cells are one person's. Costs a sort of the rows.
    """
    whose = subjects.used()
    persons = len(whose.values)
    groups = min(persons, max(LEAST_GROUPS, GROUPS_PER_PERSON * least))
    first = np.full(persons, len(tuples), dtype=np.int64)
    np.minimum.at(first, whose.codes, tuples.of_row)
    group_of: Codes = np.empty(persons, dtype=np.int32)
    group_of[np.argsort(first, kind="stable")] = np.arange(persons) % max(groups, 1)
    return Grouped(with_spread(tuples, SUBJECTS, group_of[whose.codes], groups), groups == persons)
