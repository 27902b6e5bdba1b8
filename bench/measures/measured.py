"""Every measure, each from the tables alone to its number: what one costs that is asked for alone.

Risks are those of the released table, with wildcards of one whose cells are `*`; what only says something where rows are like no other (uniqueness in the population,
special uniques) is measured before. Measures that one computation gives stand together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np

from bench.measures.made import (
    CARE,
    DIAGNOSIS,
    ENTROPY,
    HOUSEHOLD,
    NAMES,
    PERSON,
    SENSITIVE,
    WEIGHT,
    K,
    Made,
    tree_of_diagnoses,
)
from sekisho.deid.ladders.rule import bind
from sekisho.deid.measure import Kind, Measure
from sekisho.deid.risk import alpha, anonymity, closeness, disclosure, diversity, likeness
from sekisho.deid.risk.alike import Sizes, least_alike_with_wildcards, sizes_of_classes
from sekisho.deid.risk.attackers import journalist, marketer, presence, prosecutor
from sekisho.deid.risk.histograms import Histograms, classes_of_rows, histograms
from sekisho.deid.risk.population import K_MAP, k_map, rows_and_persons
from sekisho.deid.risk.records import individual, suda
from sekisho.deid.risk.subjects import K_SUBJECTS, k_subjects
from sekisho.deid.risk.uniqueness import copula, dankar, pitman, sample, snb, zayatz
from sekisho.deid.search.question import released_values
from sekisho.deid.utility import class_size as use
from sekisho.deid.utility import divergence, entropy, loss, precision, queries, suppressed, variation
from sekisho.deid.utility.covering import Covered, read_cells, read_labels
from sekisho.deid.utility.queries import Asked, asked_of

Found = tuple[Measure | None, ...]
Work = Callable[[Made], Found]

THRESHOLD, C = Fraction(1, 5), Fraction(3)
PAIRS_ALONE = "suda of at most two columns"  # what another tool manages


@dataclass(frozen=True)
class Task:
    """What gives the numbers of `kinds`, in their order, of some one for each column; `other` is a name of its own."""

    kinds: tuple[Kind, ...]
    work: Work
    other: str = ""

    @property
    def name(self) -> str:
        return self.other or ", ".join(one.name for one in self.kinds)


def of_sizes(kind: Kind, work: Callable[[Sizes], Measure]) -> Task:
    """Give back the task of a measure of the sizes of the released classes."""
    return Task((kind,), lambda made: (work(sizes_of_classes(made.released, NAMES)),))


def of_persons(kind: Kind, work: Callable[[Sizes, Sizes], Measure]) -> Task:
    """Give back the task of a measure of the rows and the persons of each class."""
    return Task((kind,), lambda made: (work(*rows_and_persons(made.released, made.population, NAMES)),))


def of_sample(kind: Kind, work: Callable[[Sizes, int], Measure | None]) -> Task:
    """Give back the task of an estimate for the population, twice as many persons as there are rows."""
    return Task((kind,), lambda made: (work(sizes_of_classes(made.original, NAMES), 2 * made.rows),))


def of_sensitive(kind: Kind, work: Callable[[Histograms], Measure], column: str = DIAGNOSIS) -> Task:
    """Give back the task of a measure of a sensitive column."""
    return Task((kind,), lambda made: (work(_held(made, column)),))


def of_labels(kind: Kind, work: Callable[[Made, list[Covered]], Measure]) -> Task:
    """Give back the task of a measure of what the released labels cover."""
    return Task((kind,), lambda made: (work(made, [_read(made, name) for name in NAMES]),))


def _held(made: Made, column: str) -> Histograms:
    values = released_values(made.original.column(column), made.schema, made.planned.policy)
    return histograms(classes_of_rows(made.released, NAMES), made.released.column(column), values)


def _read(made: Made, name: str) -> Covered:
    return read_labels(made.released.column(name), made.planned.answer.ladders[name])


def _asked(made: Made, name: str) -> Asked:
    was, now = made.original.column(name), made.released.column(name)
    return asked_of(was, _read(made, name) if name in NAMES else read_cells(was, now))


def _hierarchical(made: Made) -> Found:
    tree = bind(tree_of_diagnoses(), made.original.column(DIAGNOSIS))
    return (closeness.hierarchical_distance(_held(made, DIAGNOSIS), tree),)


def _individual(made: Made) -> individual.RiskOfRows:
    weights = individual.weights_of_rows(made.released.column(WEIGHT))
    return individual.individual_risk(classes_of_rows(made.released, NAMES), weights)


def _of_rows(kind: Kind, work: Callable[[individual.RiskOfRows], Measure]) -> Task:
    return Task((kind,), lambda made: (work(_individual(made)),))


def _of_homes(kind: Kind, work: Callable[[individual.RiskOfRows], Measure]) -> Task:
    return Task(
        (kind,), lambda made: (work(individual.household_risk(_individual(made), made.released.column(HOUSEHOLD))),)
    )


def _suda(made: Made, largest: int | None = None) -> Found:
    scores = suda.suda_scores(made.original, NAMES, largest=largest)
    return (*suda.suda_measures(scores), *suda.suda_columns(scores))


def _copula(made: Made) -> Found:
    return copula.copula_measures(copula.copula_uniqueness(made.original, NAMES, 2 * made.rows))


def _entropy(made: Made, read: list[Covered]) -> Measure:
    both = zip(NAMES, read, strict=True)
    return entropy.entropy_loss([entropy.entropy_of_labels(made.original.column(name), one) for name, one in both])


def _variation(made: Made) -> Found:
    names = (*NAMES, *SENSITIVE)
    found = variation.variation([_asked(made, name) for name in names])
    single = variation.column_variation(found, names)
    return (*variation.marginal_variation(found), *variation.pair_variation(found), *single)


def _queries(made: Made) -> Found:
    rows = np.ones(made.original.rows, dtype=np.int64), np.ones(made.released.rows, dtype=np.int64)
    errors = queries.query_errors([_asked(made, name) for name in (*NAMES, *SENSITIVE)], *rows, ENTROPY)
    return queries.query_error(errors), queries.query_error_p90(errors)


def _blanks(made: Made) -> Found:
    return (suppressed.blank_cells(made.released.columns, made.rows),)


def _suppressed(made: Made) -> Found:
    return (suppressed.suppressed_cells([made.released.column(name) for name in NAMES], made.rows),)


def _starred(made: Made, name: str) -> Asked:
    return asked_of(made.original.column(name), read_labels(made.starred.column(name), made.stars.answer.ladders[name]))


def _queries_of_stars(made: Made) -> Found:
    rows = np.ones(made.original.rows, dtype=np.int64), np.ones(made.starred.rows, dtype=np.int64)
    errors = queries.query_errors([_starred(made, name) for name in NAMES], *rows, ENTROPY)
    return (queries.query_error(errors),)


RISKS: tuple[Task, ...] = (
    of_sizes(anonymity.K, anonymity.k_anonymity),
    Task(
        (anonymity.K_WILDCARD,),
        lambda made: (anonymity.k_with_wildcards(least_alike_with_wildcards(made.starred, NAMES)),),
    ),
    Task((K_SUBJECTS,), lambda made: (k_subjects(made.released, NAMES, made.released.column(PERSON)),)),
    Task((K_MAP,), lambda made: (k_map(made.released, made.population, NAMES),)),
    of_sizes(sample.UNIQUE, sample.unique_rows),
    of_sizes(anonymity.CLASSES, anonymity.classes),
    of_sizes(prosecutor.HIGHEST_RISK, prosecutor.highest_risk),
    of_sizes(prosecutor.AVERAGE_RISK, prosecutor.average_risk),
    of_sizes(prosecutor.AT_RISK, partial(prosecutor.prosecutor_at_risk, threshold=THRESHOLD)),
    of_persons(journalist.HIGHEST, journalist.journalist_highest),
    of_persons(journalist.AVERAGE, journalist.journalist_average),
    of_persons(journalist.AT_RISK, partial(journalist.journalist_at_risk, threshold=THRESHOLD)),
    of_persons(marketer.MARKETER, marketer.marketer),
    of_persons(presence.LEAST, presence.presence_least),
    of_persons(presence.GREATEST, presence.presence_greatest),
    of_sizes(sample.SAMPLE, sample.sample_uniqueness),
    of_sample(zayatz.ZAYATZ, zayatz.zayatz),
    of_sample(pitman.PITMAN, pitman.pitman),
    of_sample(snb.SNB, snb.snb),
    of_sample(dankar.DANKAR, dankar.dankar),
    Task((copula.UNIQUENESS, copula.CORRECTNESS, copula.CORRECTNESS_HIGHEST), _copula),
    Task((suda.SUDA_ROWS, suda.HIGHEST_DIS, suda.MEAN_DIS, suda.COLUMN), _suda),
    _of_rows(individual.HIGHEST, individual.highest_individual_risk),
    _of_rows(individual.MEAN, individual.mean_individual_risk),
    _of_rows(individual.EXPECTED, individual.expected_individuals),
    _of_rows(individual.AT_RISK, partial(individual.individuals_at_risk, threshold=THRESHOLD)),
    _of_homes(individual.HOUSEHOLD_HIGHEST, individual.highest_household_risk),
    _of_homes(individual.HOUSEHOLD_MEAN, individual.mean_household_risk),
    of_sensitive(alpha.ALPHA, alpha.alpha),
    of_sensitive(diversity.DISTINCT_L, diversity.distinct_l),
    of_sensitive(diversity.ENTROPY_L, diversity.entropy_l),
    of_sensitive(diversity.RECURSIVE_L, partial(diversity.recursive_l, c=C)),
    of_sensitive(closeness.EQUAL, closeness.equal_distance),
    of_sensitive(closeness.ORDERED, closeness.ordered_distance, CARE),
    Task((closeness.HIERARCHICAL,), _hierarchical),
    of_sensitive(disclosure.DELTA, disclosure.delta_disclosure),
    of_sensitive(likeness.BETA, likeness.beta_likeness),
    of_sensitive(likeness.ENHANCED_BETA, likeness.enhanced_beta_likeness),
)
USES: tuple[Task, ...] = (
    Task((use.SUPPRESSED,), lambda made: (use.suppressed_share(made.rows, made.released.rows),)),
    Task((suppressed.SUPPRESSED_CELLS,), _suppressed),
    Task((suppressed.BLANK_CELLS,), _blanks),
    of_labels(loss.LOSS, lambda made, read: loss.loss([loss.loss_of_labels(one, made.rows) for one in read])),
    of_labels(
        precision.PRECISION_LOSS,
        lambda made, read: precision.precision_loss([precision.precision_of_labels(one, made.rows) for one in read]),
    ),
    of_labels(entropy.ENTROPY_LOSS, _entropy),
    Task(
        (use.DISCERNIBILITY,),
        lambda made: (use.discernibility(sizes_of_classes(made.released, NAMES), made.rows),),
    ),
    Task(
        (use.AVERAGE_CLASS,),
        lambda made: (use.average_class(sizes_of_classes(made.released, NAMES), K, made.rows),),
    ),
    Task(
        (use.CLASS_OF_A_RECORD,),
        lambda made: (use.class_of_a_record(sizes_of_classes(made.released, NAMES), made.rows),),
    ),
    Task(
        (divergence.DIVERGENCE,),
        lambda made: (divergence.divergence([_asked(made, name) for name in NAMES]),),
    ),
    Task(
        (variation.MARGINAL, variation.MARGINAL_MOST, variation.PAIR, variation.PAIR_MOST, variation.COLUMN), _variation
    ),
    Task((queries.QUERY_ERROR, queries.QUERY_ERROR_P90), _queries),
)
STARS: tuple[Task, ...] = (
    Task(
        (divergence.DIVERGENCE,),
        lambda made: (divergence.divergence([_starred(made, name) for name in NAMES]),),
        "kl-divergence, of cells that are *",
    ),
    Task((queries.QUERY_ERROR,), _queries_of_stars, "query-error, of cells that are *"),
)
BESIDE: tuple[Task, ...] = (Task((suda.SUDA_ROWS,), lambda made: _suda(made, 2)[:1], PAIRS_ALONE),)
GROUPS: Mapping[str, tuple[Task, ...]] = {"risk": RISKS, "use": USES, "stars": STARS, "beside": BESIDE}
