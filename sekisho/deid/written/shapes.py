"""The parts of a policy's file, key by key (spec/policy.md 2): what is read, and what editors are told."""

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from sekisho.deid.written.change_shapes import ChangePart, ExamPart, Inside
from sekisho.deid.written.strict import Strict
from sekisho.deid.written.within import LARGEST_COUNT, Close, Count, Limit, MoreThanOne, Positive, Risk, Share

DEFAULT_STEPS = 30  # per distinct tuple
MOST_STEPS = 100_000
HEAVIEST = 1_000


Column = Annotated[str, Field(min_length=1, description="A column whose role is sensitive")]
Pieces = Annotated[int, Field(ge=2, le=1_000)]


class TreePart(Strict):
    """A ladder: one of `file`, `bands`, `cuts`, `equal_width`, `quantiles`, `date`, `prefix` and `builtin`."""

    file: str | None = Field(default=None, description="A hierarchy file, named from the policy's folder")
    bands: list[Limit] | None = Field(
        default=None, min_length=1, max_length=12, description="Widths of bands, each a multiple of the one before"
    )
    cuts: list[Annotated[list[Limit], Field(min_length=1, max_length=1_000)]] | None = Field(
        default=None,
        min_length=1,
        max_length=28,
        description="For each level where bands begin, ever fewer of the same",
    )
    equal_width: list[Pieces] | None = Field(
        default=None,
        min_length=1,
        max_length=28,
        description="For each level the most bands of one round width, ever fewer",
    )
    quantiles: list[Pieces] | None = Field(
        default=None,
        min_length=1,
        max_length=28,
        description="For each level how many bands of as many rows, ever fewer",
    )
    date: list[Literal["month", "quarter", "year", "era", "decade"]] | None = Field(
        default=None, min_length=1, description="Levels of the calendar, in this order; not both era and decade"
    )
    prefix: list[Annotated[int, Field(ge=1, le=10_000)]] | None = Field(
        default=None, min_length=1, max_length=28, description="For each level how many characters stay, ever fewer"
    )
    builtin: Literal["municipality", "postal-code", "icd-10", "age"] | None = Field(
        default=None, description="A ladder that is known by name"
    )
    merged: str | None = Field(
        default=None,
        description="With builtin municipality: a file of codes that were given up, named from the policy's folder",
    )
    top: Limit | None = Field(default=None, description="With bands: from here on, one band")
    bottom: Limit | None = Field(default=None, description="With bands: up to here, one band")


class LadderPart(TreePart):
    """A quasi-identifier's ladder, declared in one way, and the highest of its levels."""

    highest: int | None = Field(default=None, ge=0, description="The highest level that may be used")


class CodingPart(Strict):
    """Top and bottom coding of a column of whole numbers."""

    top: Limit | None = Field(default=None, description="From here on, one value")
    bottom: Limit | None = Field(default=None, description="Up to here, one value")
    top_share: Inside | None = Field(default=None, description="Instead: as many of the highest as this share of rows")
    bottom_share: Inside | None = Field(
        default=None, description="Instead: as many of the lowest as this share of rows"
    )


class KMapPart(Strict):
    """Every class stands for so many persons of the population."""

    measure: Literal["k-map"]
    at_least: Count


class KSubjectsPart(Strict):
    """Every class has rows of so many persons; `subject` of `exam` is the column that tells whose a row is."""

    measure: Literal["k-subjects"]
    at_least: Count


class PresencePart(Strict):
    """Of the persons of the population in each class, the share that is in the table."""

    measure: Literal["presence"]
    at_most: Risk
    at_least: Share = Field(default_factory=Fraction, description="0 unless said; above 0 no row may be left out")


class HighestRiskPart(Strict):
    """1 / rows of the smallest class."""

    measure: Literal["highest-risk"]
    at_most: Risk


class AverageRiskPart(Strict):
    """Classes / rows."""

    measure: Literal["average-risk"]
    at_most: Risk


class AlphaKPart(Strict):
    """The share of the most frequent value of a sensitive column in every class."""

    measure: Literal["alpha-k"]
    column: Column
    at_most: Risk


class DistinctLPart(Strict):
    """Different values of a sensitive column in every class."""

    measure: Literal["distinct-l"]
    column: Column
    at_least: Count


class EntropyLPart(Strict):
    """The entropy of a sensitive column in every class is at least the logarithm of `at_least`."""

    measure: Literal["entropy-l"]
    column: Column
    at_least: MoreThanOne


class RecursiveLPart(Strict):
    """Recursive (c, l)-diversity of a sensitive column in every class."""

    measure: Literal["recursive-l"]
    column: Column
    at_least: Count
    c: Positive


class TClosenessPart(Strict):
    """The distance of a sensitive column's spread in every class from that in the table."""

    measure: Literal["t-closeness"]
    column: Column
    at_most: Close
    distance: Literal["equal", "ordered", "hierarchical"]
    ladder: TreePart | None = Field(default=None, description="The tree of the hierarchical distance")


class DeltaDisclosurePart(Strict):
    """|ln(p / q)| of every value of a sensitive column, in every class."""

    measure: Literal["delta-disclosure"]
    column: Column
    at_most: Positive


class BetaLikenessPart(Strict):
    """(p - q) / q of every value of a sensitive column that a class has more of."""

    measure: Literal["beta-likeness"]
    column: Column
    at_most: Positive
    enhanced: bool = Field(default=False, description="At most min(at_most, -ln q)")


BoundPart = (
    KMapPart
    | KSubjectsPart
    | PresencePart
    | HighestRiskPart
    | AverageRiskPart
    | AlphaKPart
    | DistinctLPart
    | EntropyLPart
    | RecursiveLPart
    | TClosenessPart
    | DeltaDisclosurePart
    | BetaLikenessPart
)


class PolicyFile(Strict):
    """What must hold in a released table, and what to make best."""

    format: Literal["sekisho-policy-v1"]
    k: int = Field(default=1, ge=1, le=LARGEST_COUNT, description="Rows alike in every class, from 2")
    suppression_limit: Share = Field(
        default_factory=Fraction, description="Share of rows that may be left out; 0 unless said"
    )
    goal: Literal["loss", "precision-loss", "discernibility", "average-class", "entropy-loss"] = Field(
        default="loss", description="What to make smallest"
    )
    mode: Literal["local", "global", "cells"] = Field(
        default="local", description="Labels for each class, one level for each column, or single cells that become *"
    )
    labels: Literal["ladder", "intervals", "sets"] | None = Field(
        default=None, description="With mode local: which labels may be written; intervals unless said"
    )
    star: Literal["value", "anything"] | None = Field(
        default=None, description="With mode cells: what * counts as; value unless said"
    )
    steps: int | None = Field(
        default=None,
        ge=0,
        le=MOST_STEPS,
        description=f"With mode local or cells: steps of refinement per distinct tuple; {DEFAULT_STEPS} unless said",
    )
    delete: list[str] = Field(default=[], max_length=1_000, description="Columns to leave out whole")
    bound: list[Annotated[BoundPart, Field(discriminator="measure")]] = Field(
        default=[], max_length=100, description="What must hold beside k"
    )
    ladder: dict[str, LadderPart] = Field(default={}, description="One for each quasi-identifier that stays")
    code: dict[str, CodingPart] = Field(default={}, description="Top and bottom coding of other columns")
    weight: dict[str, Annotated[int, Field(ge=1, le=HEAVIEST)]] = Field(
        default={}, description="How many times the goal counts a quasi-identifier; once unless said"
    )
    change: list[Annotated[ChangePart, Field(discriminator="do")]] = Field(
        default=[], max_length=100, description="What is done to cells and rows beside recoding, in this order"
    )
    exam: ExamPart = Field(
        default_factory=ExamPart, description="What is assumed about population and attacker when risks are measured"
    )
