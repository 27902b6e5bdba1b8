"""What the verdict on a case says beside the judgement itself."""

from dataclasses import dataclass
from datetime import date

from sekisho.digest import Digest


@dataclass(frozen=True)
class CaseFacts:
    """Of which case the verdict is. No value of a row enters it.

    `table`, `plan` and `report` are digests of the released table and of what came with it. `operator` is the id of the
    person who de-identified, `work_seconds` how long the machine worked, `free_text_columns` how many columns of free text
    leave masked, `on` the day that the sheet bears.
    """

    case: str
    municipality: str
    dataset: str
    rows_before: int
    rows_after: int
    table: Digest
    plan: Digest
    report: Digest
    operator: str
    on: date
    work_seconds: int
    free_text_columns: int
    trial: bool
