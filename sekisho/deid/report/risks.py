"""The measures of risk that a report has, before and after."""

from collections.abc import Callable, Sequence

import numpy as np

from sekisho.deid.bounds import Presence, TCloseness
from sekisho.deid.ladders.rule import bind
from sekisho.deid.measure import Measure
from sekisho.deid.report.released import Released
from sekisho.deid.report.report import MeasurePair
from sekisho.deid.risk import class_size as risk
from sekisho.deid.risk.alike import Sizes, least_alike_with_wildcards
from sekisho.deid.risk.attackers.journalist import journalist_at_risk, journalist_average, journalist_highest
from sekisho.deid.risk.attackers.marketer import marketer
from sekisho.deid.risk.attackers.presence import presence_greatest, presence_least
from sekisho.deid.risk.attackers.prosecutor import prosecutor_at_risk
from sekisho.deid.risk.histograms import Histograms, classes_of_rows, histograms
from sekisho.deid.risk.population import check_persons, k_map, rows_and_persons
from sekisho.deid.risk.records import individual
from sekisho.deid.risk.sensitive import check_bound, measure_of
from sekisho.deid.risk.subjects import k_subjects
from sekisho.deid.risk.uniqueness.dankar import dankar
from sekisho.deid.risk.uniqueness.pitman import pitman
from sekisho.deid.risk.uniqueness.sample import sample_uniqueness
from sekisho.deid.risk.uniqueness.snb import snb
from sekisho.deid.risk.uniqueness.zayatz import zayatz
from sekisho.deid.search.question import released_values
from sekisho.deid.table import Column, Table


def risks_of(released: Released) -> tuple[MeasurePair, ...]:
    """Give back the pairs, the most telling first."""
    was, now = released.sizes
    wildcard = [least_alike_with_wildcards(one, released.names) for one in (released.original, released.after)]
    threshold = released.policy.exam.threshold
    return (
        MeasurePair(risk.k_anonymity(was), risk.k_anonymity(now)),
        MeasurePair(risk.k_with_wildcards(wildcard[0]), risk.k_with_wildcards(wildcard[1])),
        *_subjects(released),
        *_population(released),
        MeasurePair(risk.unique_rows(was), risk.unique_rows(now)),
        MeasurePair(sample_uniqueness(was), sample_uniqueness(now)),
        MeasurePair(risk.highest_risk(was), risk.highest_risk(now)),
        MeasurePair(risk.average_risk(was), risk.average_risk(now)),
        MeasurePair(prosecutor_at_risk(was, threshold), prosecutor_at_risk(now, threshold)),
        *_among_persons(released),
        *_unique_in_population(released),
        *_weighted(released),
        *_sensitive(released),
        MeasurePair(risk.classes(was), risk.classes(now)),
    )


def _subjects(released: Released) -> tuple[MeasurePair, ...]:
    """Give back the persons of the smallest class, where the release tells which rows are one person's."""
    subject = released.policy.exam.subject
    if not subject:
        return ()
    was, now = (k_subjects(one, released.names, subject) for one in (released.original, released.after))
    return (MeasurePair(was, now),)


def _population(released: Released) -> tuple[MeasurePair, ...]:
    if released.population is None:
        return ()
    pairs = [MeasurePair(None, k_map(released.after, released.population, released.names))]
    if any(isinstance(one, Presence) for one in released.policy.bounds):
        sizes, persons = rows_and_persons(released.after, released.population, released.names)
        # persons like rows left out are not in the recoded population, and none of them is in the table
        left_out = released.answer.tuples.of_person.size - released.population.rows
        sizes, persons = np.append(sizes, 0), np.append(persons, left_out)
        pairs += [MeasurePair(None, one(sizes, persons)) for one in (presence_least, presence_greatest)]
    return tuple(pairs)


def _among_persons(released: Released) -> tuple[MeasurePair, ...]:
    """Give back what who does not know that a person is in the table can do, where all rows are of the population."""
    if released.population is None or not released.after.rows:
        return ()
    sizes, persons = rows_and_persons(released.after, released.population, released.names)
    if (persons < sizes).any():
        return ()
    sizes, persons = check_persons(sizes, persons)
    threshold = released.policy.exam.threshold
    return (
        MeasurePair(None, journalist_highest(sizes, persons)),
        MeasurePair(None, journalist_average(sizes, persons)),
        MeasurePair(None, journalist_at_risk(sizes, persons, threshold)),
        MeasurePair(None, marketer(sizes, persons)),
    )


def _unique_in_population(released: Released) -> tuple[MeasurePair, ...]:
    """Give back the estimates that exist after; before, one that does not exist is left out."""
    persons = released.policy.exam.population
    if persons is None:
        return ()
    estimates: tuple[Callable[[Sizes, int], Measure | None], ...] = (zayatz, pitman, snb, dankar)
    pairs = [[one(sizes, persons) for sizes in released.sizes] for one in estimates]
    return tuple(MeasurePair(was, now) for was, now in pairs if now is not None)


def _weighted(released: Released) -> tuple[MeasurePair, ...]:
    """Give back each row's own risk in sum, by the persons that rows stand for."""
    exam = released.policy.exam
    if not exam.weights:
        return ()
    both = []
    for table in (released.original, released.after):
        weights = individual.weights_of_rows(table.column(exam.weights))
        found = individual.individual_risk(classes_of_rows(table, released.names), weights)
        measures = [
            individual.highest_individual_risk(found),
            individual.mean_individual_risk(found),
            individual.expected_individuals(found),
            individual.individuals_at_risk(found, exam.threshold),
        ]
        if exam.household:
            homes = individual.household_risk(found, table.column(exam.household))
            measures += [individual.highest_household_risk(homes), individual.mean_household_risk(homes)]
        both.append(measures)
    return tuple(MeasurePair(was, now) for was, now in zip(*both, strict=True))


def _sensitive(released: Released) -> tuple[MeasurePair, ...]:
    """Give back the measure of each bound on a sensitive column, before and after; each is checked."""
    pairs = []
    for bound in released.policy.sensitive_bounds:
        values = released_values(released.before.column(bound.column), released.schema, released.policy)
        before = Table((*(released.before.column(one) for one in released.names), values))
        tree = bind(bound.ladder, values) if isinstance(bound, TCloseness) and bound.ladder else None
        was, now = (_held(one, released.names, bound.column, values) for one in (before, released.after))
        pairs.append(MeasurePair(measure_of(bound, was, tree), check_bound(bound, now, tree)))
    return tuple(pairs)


def _held(table: Table, names: Sequence[str], column: str, values: Column) -> Histograms:
    return histograms(classes_of_rows(table, names), table.column(column), values)
