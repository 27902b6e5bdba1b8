"""A judgement: five items, each with its checks, its verdict and the people who decided (spec/standard.md 2).

Counts and names of columns only: no value of a row enters a check, so that a judgement may be printed and filed.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum

ARTICLE = "個人情報の保護に関する法律施行規則62条"


class Item(Enum):
    """The five items of the standard, in the order in which they are judged."""

    DIRECT = 1  # 特定の個人を識別することができる記述等
    INDIVIDUAL_CODE = 2  # 個人識別符号
    LINK = 3  # 情報を相互に連結する符号
    ODD = 4  # 特異な記述等
    FILE = 5  # 個人情報データベース等の性質を踏まえた措置

    @property
    def article(self) -> str:
        """Where the law has it; a business's item of the same number is 34条."""
        return f"{ARTICLE}{self.value}号"


class Look(Enum):
    """What a check looks for (spec/standard.md 4)."""

    DIRECT_COLUMN = "direct-column"
    NAME_LEFT = "name-left"
    TELEPHONE_LEFT = "telephone-left"
    EMAIL_LEFT = "email-left"
    ACCOUNT_LEFT = "account-left"
    ADDRESS_LEFT = "address-left"
    DELETED_VALUE = "deleted-value"
    MASKED_TEXT = "masked-text"
    REPLACEMENT = "replacement"
    CODE_COLUMN = "code-column"
    CODE_SEEN = "code-seen"
    LINK_COLUMN = "link-column"
    INSURER_NUMBER = "insurer-number"
    UNIQUE_COLUMN = "unique-column"
    NUMBERED_ROWS = "numbered-rows"
    TOKENS = "tokens"
    REGISTER_ORDER = "register-order"
    SORTED_ROWS = "sorted-rows"
    DICTIONARY = "dictionary"
    ODD_NUMBER = "odd-number"
    ODD_BIRTH = "odd-birth"
    ODD_WORD = "odd-word"
    ODD_CODE = "odd-code"
    UNUSUAL = "unusual"
    ONE_OFF = "one-off"
    BOUNDS = "bounds"
    CLASS_SIZE = "class-size"
    ALL_COLUMNS = "all-columns"
    ATTACK = "attack"
    SMALL_CELLS = "small-cells"
    OUTLIERS = "outliers"
    HISTORY = "history"
    HOUSEHOLD = "household"


class Outcome(Enum):
    """What came of a check."""

    CLEAR = "clear"
    DECIDE = "decide"  # a person has to weigh it
    FAULT = "fault"  # no decision mends it: the plan has to change


class Verdict(Enum):
    MET = "met"
    NOT_MET = "not-met"
    NEEDS_DECISION = "needs-decision"


class Decided(Enum):
    """What a person said of a check that has to be weighed."""

    ACCEPT = "accept"
    REFUSE = "refuse"


Count = tuple[str, int]


def counted(**counts: int) -> tuple[Count, ...]:
    """Give back counts in the order that canonical JSON has, so that what is read equals what was written."""
    return tuple(sorted(counts.items()))


@dataclass(frozen=True)
class Check:
    """One thing that was looked for, in `column` or, where that is "", in the whole table.

    `looked` and `found` are counts by name. `about` names the dictionary's entry or the kind of number that was found, ""
    where there is none. `done` is what the plan did to the column, as `spec/plan.md` 3 says it, or `mask`, `shuffle`.
    """

    look: Look
    outcome: Outcome
    column: str = ""
    about: str = ""
    looked: tuple[Count, ...] = ()
    found: tuple[Count, ...] = ()
    done: str = ""


@dataclass(frozen=True)
class Decision:
    """What a named person decided about the checks of one kind in one column ("": the whole table), when, and why."""

    item: Item
    look: Look
    column: str
    decided: Decided
    reason: str
    by: str
    on: date


@dataclass(frozen=True)
class ItemVerdict:
    """What is said of one item; `decisions` are those that its checks needed."""

    item: Item
    verdict: Verdict
    checks: tuple[Check, ...]
    decisions: tuple[Decision, ...]


@dataclass(frozen=True)
class Judgement:
    """The five items in their order; `on` is the day to which ages were counted."""

    on: date
    items: tuple[ItemVerdict, ...]

    @property
    def passed(self) -> bool:
        return all(one.verdict is Verdict.MET for one in self.items)

    @property
    def failed(self) -> tuple[Item, ...]:
        """The items that are not met, or not yet."""
        return tuple(one.item for one in self.items if one.verdict is not Verdict.MET)


def decide(item: Item, checks: tuple[Check, ...], decisions: tuple[Decision, ...]) -> ItemVerdict:
    """Give back the verdict of an item, with the decisions that were needed for it.

    A fault stays a fault whoever decides; of item 2 all of it must go, so no decision counts there. Where several people
    decided on the same, one refusal is enough.
    """
    open_ = {(one.look, one.column) for one in checks if one.outcome is Outcome.DECIDE}
    if item is Item.INDIVIDUAL_CODE:
        open_ = set()
    counted = tuple(one for one in decisions if one.item is item and (one.look, one.column) in open_)
    accepted = {(one.look, one.column) for one in counted}
    refused = any(one.decided is Decided.REFUSE for one in counted)
    if refused or any(one.outcome is Outcome.FAULT for one in checks):
        return ItemVerdict(item, Verdict.NOT_MET, checks, counted)
    waiting = any(one.outcome is Outcome.DECIDE and (one.look, one.column) not in accepted for one in checks)
    return ItemVerdict(item, Verdict.NEEDS_DECISION if waiting else Verdict.MET, checks, counted)


def unused_decisions(judgement: Judgement, decisions: tuple[Decision, ...]) -> tuple[Decision, ...]:
    """Give back the decisions that no check of the judgement needed: whoever wrote them should hear of it."""
    used = {one for item in judgement.items for one in item.decisions}
    return tuple(one for one in decisions if one not in used)
