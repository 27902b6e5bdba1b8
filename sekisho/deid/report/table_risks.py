"""The measures of risk of one table alone, before or after."""

from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np

from sekisho.deid.exam import Also
from sekisho.deid.measure import Measure
from sekisho.deid.report.examined import Examined
from sekisho.deid.risk.alike import Sizes, least_alike_with_wildcards
from sekisho.deid.risk.alpha import alpha
from sekisho.deid.risk.anonymity import k_anonymity, k_with_wildcards
from sekisho.deid.risk.attackers.journalist import journalist_at_risk, journalist_average, journalist_highest
from sekisho.deid.risk.attackers.marketer import marketer
from sekisho.deid.risk.attackers.presence import presence_greatest, presence_least
from sekisho.deid.risk.attackers.prosecutor import average_risk, highest_risk, prosecutor_at_risk
from sekisho.deid.risk.closeness import equal_distance, ordered_distance
from sekisho.deid.risk.disclosure import delta_disclosure
from sekisho.deid.risk.diversity import distinct_l, entropy_l, recursive_l
from sekisho.deid.risk.histograms import Histograms, classes_of_rows
from sekisho.deid.risk.likeness import beta_likeness, enhanced_beta_likeness
from sekisho.deid.risk.population import check_persons, k_map
from sekisho.deid.risk.records import individual
from sekisho.deid.risk.records.suda import suda_columns, suda_measures, suda_scores
from sekisho.deid.risk.subjects import k_subjects
from sekisho.deid.risk.uniqueness.copula import copula_measures, copula_uniqueness
from sekisho.deid.risk.uniqueness.dankar import dankar
from sekisho.deid.risk.uniqueness.pitman import pitman
from sekisho.deid.risk.uniqueness.sample import sample_uniqueness, unique_rows
from sekisho.deid.risk.uniqueness.snb import snb
from sekisho.deid.risk.uniqueness.zayatz import zayatz


def risks_of_table(one: Examined) -> tuple[Measure, ...]:
    """Give back the measures that need no sensitive column, the most telling first; an estimate only where it exists."""
    sizes = one.sizes
    return (
        k_anonymity(sizes),
        k_with_wildcards(least_alike_with_wildcards(one.table, one.names)),
        *_subjects(one),
        *_fitting(one),
        unique_rows(sizes),
        sample_uniqueness(sizes),
        highest_risk(sizes),
        average_risk(sizes),
        prosecutor_at_risk(sizes, one.exam.threshold),
        *_among_persons(one),
        *_unique_in_population(one),
        *_weighted(one),
    )


def risks_of_sensitive(held: Histograms, c: Fraction, *, ordered: bool) -> tuple[Measure, ...]:
    """Give back every measure of one sensitive column that needs no ladder.

    `c` is that of recursive diversity; `ordered` says that the order of its values means something.
    """
    distances = (equal_distance(held), *([ordered_distance(held)] if ordered else []))
    return (
        distinct_l(held),
        entropy_l(held),
        recursive_l(held, c),
        alpha(held),
        *distances,
        delta_disclosure(held),
        beta_likeness(held),
        enhanced_beta_likeness(held),
    )


def _subjects(one: Examined) -> tuple[Measure, ...]:
    """Give back the persons of the smallest class, where the table tells which rows are one person's."""
    return () if one.whose is None else (k_subjects(one.table, one.names, one.whose),)


def _fitting(one: Examined) -> tuple[Measure, ...]:
    """Give back for how many persons of the population a row may stand and, if asked, what that tells of their presence."""
    if one.population is None or one.rows_and_persons is None:
        return ()
    least = k_map(one.table, one.population, one.names)
    if one.unlike is None:
        return (least,)
    sizes, persons = one.rows_and_persons
    sizes, persons = np.append(sizes, 0), np.append(persons, one.unlike)  # none of these is in the table
    return least, presence_least(sizes, persons), presence_greatest(sizes, persons)


def _among_persons(one: Examined) -> tuple[Measure, ...]:
    """Give back what who does not know that a person is in the table can do, where all rows are of the population."""
    if one.rows_and_persons is None or not one.table.rows:
        return ()
    sizes, persons = one.rows_and_persons
    if (persons < sizes).any():
        return ()
    sizes, persons = check_persons(sizes, persons)
    return (
        journalist_highest(sizes, persons),
        journalist_average(sizes, persons),
        journalist_at_risk(sizes, persons, one.exam.threshold),
        marketer(sizes, persons),
    )


def _unique_in_population(one: Examined) -> tuple[Measure, ...]:
    persons = one.exam.population
    if persons is None:
        return ()
    estimates: tuple[Callable[[Sizes, int], Measure | None], ...] = (zayatz, pitman, snb, dankar)
    return tuple(found for estimate in estimates if (found := estimate(one.sizes, persons)) is not None)


def _weighted(one: Examined) -> tuple[Measure, ...]:
    """Give back each row's own risk in sum, by the persons that rows stand for."""
    exam, table = one.exam, one.table
    if not exam.weights:
        return ()
    weights = individual.weights_of_rows(table.column(exam.weights))
    found = individual.individual_risk(classes_of_rows(table, one.names), weights)
    measures = (
        individual.highest_individual_risk(found),
        individual.mean_individual_risk(found),
        individual.expected_individuals(found),
        individual.individuals_at_risk(found, exam.threshold),
    )
    if not exam.household:
        return measures
    homes = individual.household_risk(found, table.column(exam.household))
    return (*measures, individual.highest_household_risk(homes), individual.mean_household_risk(homes))


def _suda(one: Examined) -> tuple[Measure, ...]:
    scores = suda_scores(one.table, one.names, spread=one.spread)
    return (*suda_measures(scores), *suda_columns(scores))


def _copula(one: Examined) -> tuple[Measure, ...]:
    if one.exam.population is None:
        raise ValueError("the copula needs a population")
    return copula_measures(copula_uniqueness(one.table, one.names, one.exam.population, spread=one.spread))


ALSO_RISKS: Mapping[Also, Callable[[Examined], tuple[Measure, ...]]] = {Also.SUDA: _suda, Also.COPULA: _copula}
"""Measures of risk that take their time, by what asks for them."""
