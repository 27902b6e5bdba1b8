"""One line of the table of faults (docs/faults.md)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was done to one place, and what came of it; `wrong` names each violation with its fault.

    `healed`: of the faults that left work undone, those that one repetition of the same command made good.
    """

    id: str
    name: str
    where: str
    injected: int
    healed: int
    undone: int
    seconds: float
    wrong: tuple[str, ...] = ()
    note: str = ""

    @property
    def holds(self) -> bool:
        return self.injected > 0 and not self.wrong and self.healed == self.undone
