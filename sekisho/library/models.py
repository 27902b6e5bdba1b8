"""What a model learns from a de-identified table, beside what it learns from the table itself.

The rows that a model is asked about are held out before anything is de-identified: a released row cannot be traced to the row
that it came from, so rows of a finished release could not be kept apart from their own originals, and a model would be
asked about people it had learned from. For each fold the other folds are de-identified by the policy, a model is trained on
the result, another one on the same rows as they were, and both are asked about the fold as it was.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np
import numpy.typing as npt

from sekisho.deid.deidentify import Planned, plan_table, release_table
from sekisho.deid.measure import Better, Kind, Measure, Unit, twelve_decimals
from sekisho.deid.plan import Generalise, Keep
from sekisho.deid.policy import Policy, quasi_identifiers
from sekisho.deid.schema import Schema
from sekisho.deid.table import Column, Table, Value
from sekisho.deid.utility.covering import Covered, read_cells, read_labels
from sekisho.errors import CannotMeet, Reason
from sekisho.freetext.columns import masking_for
from sekisho.library.exact import at_least
from sekisho.library.features import feature_of
from sekisho.library.learners import Model, Score, score_of
from sekisho.library.policies import open_policy
from sekisho.library.results import told_in_words
from sekisho.library.roles import check_population
from sekisho.library.sources import Source, open_schema, open_table

Words = npt.NDArray[np.str_]

FOLDS = 5
LEAST_ROWS_OF_A_CLASS = 2
_HELD_OUT = "; mean over folds held out before the rest is de-identified, asked as they were"
_SOURCE = "Brickell and Shmatikov 2008, KDD; LeFevre, DeWitt and Ramakrishnan 2008, ACM TODS 33(3)"
ACCURACY = Kind(
    "model-accuracy", Unit.SHARE, Better.HIGHER, f"rows whose class is said rightly / rows{_HELD_OUT}", "", _SOURCE
)
RELATIVE = Kind(
    "model-accuracy-relative",
    Unit.RATIO,
    Better.HIGHER,
    f"(accuracy after − baseline) / (accuracy before − baseline), 0 where below; baseline: always the most frequent class{_HELD_OUT}",
    "",
    "Eicher, Bild, Spengler, Kuhn and Prasser 2020, BMC Med Inform Decis Mak 20:29",
)
AUC = Kind(
    "model-auc",
    Unit.PROBABILITY,
    Better.HIGHER,
    f"of two rows of different classes, the probability that the model ranks them rightly{_HELD_OUT}",
    "",
    "Fawcett 2006, Pattern Recognition Letters 27(8)",
)


@dataclass(frozen=True)
class ModelScores:
    """One model, trained on the rows as they were (before) and on what is released of them (after).

    `relative` is the part of what the model knows above the baseline that is left, 0 where that is nothing; None where it
    knew no more than the baseline before. The AUCs are None unless the target has two classes.
    """

    model: Model
    before: Measure
    after: Measure
    relative: Measure | None
    auc_before: Measure | None
    auc_after: Measure | None


@dataclass(frozen=True)
class ModelComparison:
    """What models learn about `target` from `features`; `baseline` says the most frequent class of the rows learned."""

    target: str
    features: tuple[str, ...]
    classes: int
    folds: int
    baseline: Measure
    models: tuple[ModelScores, ...]


@dataclass(frozen=True, eq=False)
class _Question:
    source: Table
    schema: Schema
    policy: Policy
    population: Table | None
    target: str
    features: tuple[str, ...]
    seed: bytes

    def bytes_for(self, use: str) -> bytes:
        return hashlib.sha256(use.encode() + b"\0" + self.seed).digest()


@dataclass(frozen=True, eq=False)
class _Fold:
    baseline: float
    before: dict[Model, Score]
    after: dict[Model, Score]


@told_in_words()
def compare_models(
    source: Source,
    schema: Schema | str | Path,
    policy: Policy | str | Path,
    target: str,
    features: Sequence[str] | None = None,
    *,
    population: Source | None = None,
    folds: int = FOLDS,
    seed: bytes = bytes(32),
) -> ModelComparison:
    """Give back how well logistic regression, a random forest and naive Bayes say the `target` of people they never saw.

    `source`, `schema` and `policy` may be paths; `features` are all other columns that the policy lets out, unless said. A released cell is read as what it covers: a
    number as the mean of the values that its label stands for, a text as its share in each of at most 50 groups. The same
    `seed` gives the same numbers with the same release of scikit-learn; it shuffles what is then thrown away, no release.

    Where a fold's plan releases no row, nothing is said rightly after; where it releases one class, that one is said. Costs
    a search per fold and more for the models: a million rows take many minutes, a sample of 50,000 tells as much.

    Refuses with MODEL_TARGET (`rule`) a column that is not there (`no-target`), that the policy changes or leaves out
    (`target-changed`), that has `one-class` or classes of a single row (`rare-class`), and where there is `no-feature`; fewer
    than 2 `folds` are wrong usage; beside that what `plan_table` refuses. Needs scikit-learn, the extra `models`.
    """
    at_least("folds", folds, 2)
    declared = open_schema(schema)
    table = open_table(source, declared)
    wanted = policy if isinstance(policy, Policy) else open_policy(policy)
    persons = None if population is None else open_table(population)
    if persons is not None:
        check_population(persons, quasi_identifiers(wanted, declared))
    question = _Question(table, declared, wanted, persons, target, _features(table, target, features), seed)
    classes = _classes(table.column(target).used())
    places = _folds(classes, folds, question.bytes_for("folds"))
    asked = [_fold(question, places == one) for one in range(folds)]
    baseline = fmean(one.baseline for one in asked)
    return ModelComparison(
        target=target,
        features=question.features,
        classes=int(classes.max()) + 1,
        folds=folds,
        baseline=_measure(ACCURACY, target, baseline),
        models=tuple(_scores(one, asked, target, baseline) for one in Model),
    )


def _features(source: Table, target: str, features: Sequence[str] | None) -> tuple[str, ...]:
    if target not in source.names:
        raise _refusal("no-target")
    names = tuple(one for one in source.names if one != target) if features is None else tuple(features)
    if not names or target in names or not set(names) <= set(source.names):
        raise _refusal("no-feature")
    return names


def _classes(column: Column) -> npt.NDArray[np.int32]:
    """Give back the class of each row; each class has rows enough to be learned and asked about."""
    if len(column.values) < 2:
        raise _refusal("one-class")
    if (column.counts < LEAST_ROWS_OF_A_CLASS).any():
        raise _refusal("rare-class")
    return column.codes


def _refusal(rule: str) -> CannotMeet:
    return CannotMeet(Reason.MODEL_TARGET, rule=rule)


def _folds(classes: npt.NDArray[np.int32], folds: int, entropy: bytes) -> npt.NDArray[np.int64]:
    """Give back the fold of each row: of each class's rows, in an order that `entropy` gives, every n-th."""
    keys = np.frombuffer(hashlib.shake_256(entropy).digest(8 * classes.size), dtype="<u8")
    places = np.empty(classes.size, dtype=np.int64)
    places[np.lexsort((keys, classes))] = np.arange(classes.size) % folds
    return places


def _fold(question: _Question, held_out: npt.NDArray[np.bool_]) -> _Fold:
    """Give back what is said of the rows held out by models that learned from the others, before and after."""
    learned, asked = (question.source.take(np.flatnonzero(one)) for one in (~held_out, held_out))
    entropy = question.bytes_for("rows")
    planned = plan_table(
        learned,
        question.schema,
        question.policy,
        entropy=entropy,
        population=question.population,
        masking=masking_for(question.policy),
    )
    if not isinstance(dict(planned.plan.columns)[question.target], Keep):
        raise _refusal("target-changed")
    released = release_table(learned, question.schema, planned, entropy=entropy, population=question.population).table
    kept = [feature_of(learned.column(one)) for one in question.features if one in planned.plan.names]
    if not kept:
        raise _refusal("no-feature")
    was, now, truth = (_words(one.column(question.target)) for one in (learned, released, asked))
    before = was, np.hstack([one.values_of(learned.column(one.name)) for one in kept])
    after = now, np.hstack([one.labels_of(_read(one.name, planned, released)) for one in kept])
    questions = truth, np.hstack([one.values_of(asked.column(one.name)) for one in kept])
    number = int.from_bytes(question.bytes_for("models")[:4], "big")
    words, rows = np.unique(was, return_counts=True)
    return _Fold(
        float((truth == words[np.argmax(rows)]).mean()),
        {one: score_of(one, before, questions, number) for one in Model},
        {one: score_of(one, after, questions, number) for one in Model},
    )


def _read(name: str, planned: Planned, released: Table) -> Covered:
    done, ladder = dict(planned.plan.columns)[name], planned.answer.ladders.get(name)
    if ladder is None or name not in planned.plan.generalised:
        return read_cells(planned.table.column(name), released.column(name))
    return read_labels(released.column(name), ladder, done.level if isinstance(done, Generalise) else None)


def _words(column: Column) -> Words:
    """Give back the classes of a target's cells row by row; a blank cell is a class like any other."""
    return np.array([_word(one) for one in column.values] or [""])[column.codes]


def _word(value: Value) -> str:
    return "" if value is None else f"={value}"


def _scores(model: Model, folds: Sequence[_Fold], target: str, baseline: float) -> ModelScores:
    before, after = fmean(one.before[model].right for one in folds), fmean(one.after[model].right for one in folds)
    relative = _measure(RELATIVE, target, max(after - baseline, 0) / (before - baseline)) if before > baseline else None
    return ModelScores(
        model,
        _measure(ACCURACY, target, before),
        _measure(ACCURACY, target, after),
        relative,
        _auc(target, (one.before[model].auc for one in folds)),
        _auc(target, (one.after[model].auc for one in folds)),
    )


def _auc(target: str, folds: Iterable[float | None]) -> Measure | None:
    """Give back the mean over the folds in which both classes are asked about."""
    known = [one for one in folds if one is not None]
    return _measure(AUC, target, fmean(known)) if known else None


def _measure(kind: Kind, target: str, number: float) -> Measure:
    return Measure(kind, twelve_decimals(number), target)
