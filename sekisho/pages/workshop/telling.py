"""What the workshop found, in words: the parts that the terminal and the page have alike."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sekisho.deid.table import Column
from sekisho.deid.workshop.inspecting import Inspection
from sekisho.deid.workshop.levels import LevelView
from sekisho.deid.workshop.proposal import Proposal
from sekisho.deid.workshop.remark import Remark
from sekisho.errors import Fact
from sekisho.pages.charts import share_text
from sekisho.pages.words import Words

_ENOUGH, _NEARLY_UNIQUE = 20, 0.9  # rows, and values for each row, that make a column look like a name


@dataclass(frozen=True)
class Shown:
    """A column and the least rows of what is shown of it."""

    column: Column
    k: int


@dataclass(frozen=True)
class Offer:
    """Proposals for a column, the `chosen` one among them (from 0), and the hierarchy file it goes to, or ""."""

    proposals: tuple[Proposal, ...]
    chosen: int = 0
    file: str = ""

    @property
    def shown(self) -> Proposal:
        return self.proposals[self.chosen]


@dataclass(frozen=True)
class Told:
    """A remark in words."""

    must: bool
    mark: str
    what: str
    where: str
    mend: str


def column_says(words: Words, shown: Shown) -> str:
    used = shown.column.used()
    blank = dict(zip(used.values, used.counts.tolist(), strict=True)).get(None, 0)
    values = len(used.values) - (None in used.values)
    name = printable(shown.column.name)
    says = words.say("workshop.column", column=name, rows=f"{len(used):,}", values=f"{values:,}", blank=f"{blank:,}")
    if len(used) < _ENOUGH or values < _NEARLY_UNIQUE * len(used):
        return says
    return words.say("report.gap").join([says, words.say("workshop.nearly_unique")])


def level_says(words: Words, level: LevelView, k: int) -> str:
    facts = {"labels": f"{level.labels:,}", "smallest": f"{level.smallest:,}", "share": share_text(level.rare_share)}
    return words.say("workshop.level_says", k=k, **facts)


def steps_say(words: Words, proposal: Proposal) -> str:
    counts = (f"{len(labels):,}" for labels in proposal.ladder.labels)
    return words.say("workshop.steps", steps=words.say("workshop.between_steps").join(counts))


def verdict(words: Words, inspection: Inspection) -> str:
    grave = sum(one.grave for one in inspection.remarks)
    if grave:
        return words.say("workshop.check.broken", count=grave)
    return words.say(f"workshop.check.{'usable' if inspection.remarks else 'fine'}")


def tell(words: Words, remarks: Sequence[Remark]) -> Iterator[Told]:
    """Yield each remark in words."""
    for one in remarks:
        key = f"workshop.fault.{one.fault.value}"
        facts: dict[str, Fact] = {"count": f"{one.count:,}", "rows": f"{one.rows:,}", "level": one.level}
        mark = words.say(f"workshop.check.{'must' if one.grave else 'may'}")
        mend = words.say("workshop.check.mend", mend=words.say(f"{key}.mend", **facts))
        yield Told(one.grave, mark, words.say(f"{key}.what", **facts), _where(words, one), mend)


def label_text(words: Words, label: str | None) -> str:
    if label is None:
        return words.say("workshop.pool")
    return printable(label) or words.say("workshop.blank")


def printable(text: str) -> str:
    """Give back `text` with `·` for what may steer a terminal; spaces of any width stay."""
    return "".join(one if one.isprintable() or unicodedata.category(one) == "Zs" else "·" for one in text)


def _where(words: Words, remark: Remark) -> str:
    """Give back where to look first, and the values that many rows have."""
    places = [
        words.say(f"workshop.check.{name}", **{name: f"{number:,}"})
        for name, number in (("line", remark.line), ("level", remark.level), ("row", remark.row))
        if number
    ]
    between = words.say("workshop.check.between")
    told = [words.say("workshop.check.places", places=between.join(places))] if places else []
    if remark.shown:
        told.append(words.say("workshop.check.shown", values=between.join(map(printable, remark.shown))))
    return words.say("report.gap").join(told)
