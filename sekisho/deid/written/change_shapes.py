"""The changes of a policy's file, key by key (spec/policy.md 7): what is read, and what editors are told."""

from datetime import date
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from sekisho.deid.written.strict import Strict
from sekisho.deid.written.within import Count, Limit, Positive, Within

Inside = Annotated[Fraction, Within(above=0, below=1)]
Half = Annotated[Fraction, Within(above=0, most=1)]
Name = Annotated[str, Field(min_length=1)]
Names = Annotated[list[Name], Field(min_length=1, max_length=1_000)]


class WherePart(Strict):
    """Cells of a column: with one of these values, with a value that few rows have, or beyond a limit."""

    column: Name
    values: list[str | int | date] = Field(default=[], max_length=10_000, description='The values; "" is a blank cell')
    fewer_than: Count | None = Field(default=None, description="Values that fewer rows have")
    above: Limit | date | None = Field(default=None, description="Numbers or days above")
    below: Limit | date | None = Field(default=None, description="Numbers or days below")


class DeleteCellsPart(WherePart):
    """Blank such cells."""

    do: Literal["delete-cells"]


class DeleteRowsPart(WherePart):
    """Leave out rows with such a cell."""

    do: Literal["delete-rows"]


class DeleteSubjectsPart(WherePart):
    """Leave out all rows of a subject with such a cell in one of them, or with too many rows."""

    do: Literal["delete-subjects"]
    subject: Name = Field(description="The column that tells whose row it is")
    column: Name | None = None  # type: ignore[assignment]  # here the condition may be the number of rows alone
    more_rows_than: Annotated[int, Field(ge=1)] | None = Field(default=None, description="Subjects with more rows")


class SamplePart(Strict):
    """Keep a random share of the rows, or of the subjects."""

    do: Literal["sample"]
    share: Inside
    subject: str = Field(default="", description="Draw subjects, not rows: the column that tells whose row it is")


class RoundPart(Strict):
    """Round whole numbers to the nearest multiple."""

    do: Literal["round"]
    columns: Names
    to: Count


class MicroaggregatePart(Strict):
    """Replace numbers or days by the mean of near rows."""

    do: Literal["microaggregate"]
    columns: Names
    group: Count = Field(description="Rows in each group, at least")


class NoisePart(Strict):
    """Add normal noise to numbers or days."""

    do: Literal["noise"]
    columns: Names
    scale: Positive = Field(description="Standard deviation of the noise, in the column's own")
    correlated: bool = Field(default=False, description="Noise of several columns with their covariance")


class SwapPart(Strict):
    """Exchange cells between pairs of rows."""

    do: Literal["swap"]
    columns: Names
    share: Half = Field(description="Share of the rows whose cells are exchanged")
    within: list[Name] = Field(default=[], description="Only between rows alike in these columns")
    ranks: Half | None = Field(default=None, description="For one column of numbers or days: no farther apart")


class PramPart(Strict):
    """Let cells become other values by chance, so that expected frequencies stay."""

    do: Literal["pram"]
    column: Name
    keep: Inside = Field(description="The least probability that a cell keeps its value")
    within: list[Name] = Field(default=[], description="Only among rows alike in these columns")


class ShiftDatesPart(Strict):
    """Move all days of a subject, or of a row, by one random number of days."""

    do: Literal["shift-dates"]
    columns: Names
    most_days: Annotated[int, Field(ge=1, le=36_525)]
    subject: str = ""


class MaskPart(Strict):
    """Replace names, places and numbers inside free text by what they are."""

    do: Literal["mask"]
    columns: Names


class PseudonymPart(Strict):
    """Replace the values of an identifier by tokens drawn for this delivery."""

    do: Literal["pseudonym"]
    column: Name


class AddSyntheticPart(Strict):
    """Add made rows until they are this share of all."""

    do: Literal["add-synthetic"]
    share: Inside


ChangePart = (
    DeleteCellsPart
    | DeleteRowsPart
    | DeleteSubjectsPart
    | SamplePart
    | RoundPart
    | MicroaggregatePart
    | NoisePart
    | SwapPart
    | PramPart
    | ShiftDatesPart
    | MaskPart
    | PseudonymPart
    | AddSyntheticPart
)


class ExamPart(Strict):
    """What is assumed when the released table is measured, and what is measured beside the usual."""

    population: Count | None = Field(default=None, description="Persons among whom the rows are a sample")
    threshold: Half | None = Field(default=None, description="A row is at risk above this; 1/5 unless said")
    weights: str = Field(default="", description="The column with the persons that each row stands for")
    household: str = Field(default="", description="The column that tells which rows are one household")
    subject: str = Field(default="", description="The column that tells which rows are one person; it may be deleted")
    also: list[Literal["suda", "copula", "variation", "divergence", "queries"]] = Field(
        default=[], description="Measures that take their time, wanted beside the usual"
    )
