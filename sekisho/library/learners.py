"""The models that are trained, each with the same settings whatever it learns from."""

import warnings
from dataclasses import dataclass
from enum import Enum
from typing import Any, assert_never

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.str_]
Places = npt.NDArray[np.int64]

TREES = 100
STEPS = 1_000
BANDS = 10  # of numbers, for the model that counts


class Model(Enum):
    """What is trained: one that adds up, one that asks questions, one that takes columns as independent."""

    LOGISTIC_REGRESSION = "logistic-regression"
    RANDOM_FOREST = "random-forest"
    NAIVE_BAYES = "naive-bayes"


@dataclass(frozen=True)
class Score:
    """`right` is the share of rows said rightly; `auc` is None unless just two classes are asked about."""

    right: float
    auc: float | None


def score_of(model: Model, learned: tuple[Words, Floats], asked: tuple[Words, Floats], number: int) -> Score:
    """Give back how well the model, trained on `learned`, says the classes of `asked`; `number` is what chance it takes.

    Classes are texts of shape (rows,), features have shape (rows, features). The order of the rows learned changes nothing.
    Who learned from no row says nothing rightly; who learned one class, or from features that are alike in all rows, says
    the most frequent class; neither tells any two rows apart, an AUC of ½.
    """
    truth, questions = asked
    two = np.unique(truth)
    known, rows = np.unique(learned[0], return_counts=True)
    differ = np.ptp(learned[1], axis=0) > 0 if rows.size else np.zeros(0, dtype=bool)
    if known.size < 2 or not differ.any():
        right = float((truth == known[np.argmax(rows)]).mean()) if known.size else 0.0
        return Score(right, 0.5 if two.size == 2 else None)
    order = np.lexsort((*learned[1].T, learned[0]))
    classes, features, questions = learned[0][order], learned[1][order][:, differ], questions[:, differ]
    numbers = np.flatnonzero((features < 0).any(axis=0) | (features > 1).any(axis=0))
    trained = _made(model, number, numbers)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a regression is not settled after so many steps is no fault of ours
        trained.fit(features, classes)
        said = trained.predict(questions)
        shares = trained.predict_proba(questions)
    return Score(float((said == truth).mean()), _auc(trained.classes_, shares, truth, two))


def _auc(classes: Words, shares: Floats, truth: Words, two: Words) -> float | None:
    from sklearn.metrics import roc_auc_score

    if two.size != 2:
        return None
    of_second = np.flatnonzero(classes == two[1])
    ranks = shares[:, of_second[0]] if of_second.size else np.zeros(truth.size)
    return float(roc_auc_score(truth == two[1], ranks))


def _made(model: Model, number: int, numbers: Places) -> Any:
    """Give back the untrained model; `numbers` are the features that are no shares from 0 to 1."""
    # not at the top: scikit-learn is an extra, and takes a second to load
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    match model:
        case Model.LOGISTIC_REGRESSION:
            return make_pipeline(StandardScaler(), LogisticRegression(max_iter=STEPS))
        case Model.RANDOM_FOREST:
            return RandomForestClassifier(TREES, min_samples_leaf=2, random_state=number)
        case Model.NAIVE_BAYES:
            return make_pipeline(_in_bands(numbers), MultinomialNB())
        case _:
            assert_never(model)


def _in_bands(numbers: Places) -> Any:
    from sklearn.compose import make_column_transformer
    from sklearn.preprocessing import KBinsDiscretizer

    bands = KBinsDiscretizer(BANDS, encode="onehot-dense", strategy="quantile", subsample=None)
    return make_column_transformer((bands, numbers), remainder="passthrough")
