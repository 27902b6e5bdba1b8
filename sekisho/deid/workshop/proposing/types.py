"""Which type a column has, by the cells that read as it (spec/inspect.md 4)."""

from dataclasses import dataclass

from sekisho.deid.schema import LONGEST_FREE_TEXT, Kind
from sekisho.deid.workshop.proposing.evidence import Evidence, Ground, Sure
from sekisho.deid.workshop.proposing.facts import ColumnFacts
from sekisho.deid.workshop.proposing.names import Speaks, says

MOSTLY = 0.9  # of the filled cells: what reads so was meant to be of the type
ENOUGH = 3  # distinct values from which digits alone say that they are days
FEW = 50  # distinct values that a schema lists
PER_VALUE = 20  # cells for each distinct value, on average, that make a list of values likely
SENTENCE_LENGTH = 12  # characters, on average, of what people write down
SENTENCES = 0.2
LENGTHS = (200, 500, 1_000, 2_000, 5_000, 10_000)


@dataclass(frozen=True)
class KindFound:
    """A type, what may stand in it, and why. `values` are in the order of their text; each stands in K rows or more."""

    kind: Kind
    sure: Sure
    evidence: tuple[Evidence, ...]
    values: tuple[str, ...] = ()
    longest: int = 200


def find_kind(facts: ColumnFacts) -> KindFound:
    """Give back the narrowest type that reads every filled cell of the sample."""
    if not facts.filled:
        return KindFound(Kind.TEXT, Sure.ASK, (Evidence(Ground.EMPTY),))
    for find in (_day, _month, _place, _free_text, _integer, _code):
        if (found := find(facts)) is not None:
            return found
    return _text(facts)


def longest_for(characters: int, usual: int = 200) -> int:
    """Give back a round limit of characters that lets the cells through; it says nothing of any single one."""
    return next((one for one in LENGTHS if one >= max(characters, usual)), LENGTHS[-1])


def _day(facts: ColumnFacts) -> KindFound | None:
    read = facts.share(Kind.DATE)
    said = says(facts.name, Speaks.DAY)
    partial = facts.share(Kind.PARTIAL_DATE)
    if facts.marked_days * 2 < facts.filled and not (said or facts.distinct >= ENOUGH):
        return None
    if facts.serial and not said:
        return None
    told = (
        *_if(said, Ground.TYPE_NAME),
        *_if(facts.marked_days == facts.filled, Ground.MARKED_DAYS),
        *_if(facts.eras, Ground.ERAS, facts.eras / facts.filled),
    )
    if read == 1:
        return KindFound(Kind.DATE, Sure.SURE, (Evidence(Ground.READS, read), *told))
    if partial == 1 and read >= (0.5 if said else MOSTLY):
        unknown = Evidence(Ground.UNKNOWN_DAYS, 1 - read)
        return KindFound(Kind.PARTIAL_DATE, Sure.LIKELY, (Evidence(Ground.READS, partial), unknown, *told))
    return None


def _month(facts: ColumnFacts) -> KindFound | None:
    said = says(facts.name, Speaks.MONTH)
    if facts.share(Kind.MONTH) < 1 or facts.serial:
        return None
    if not said and facts.marked_days < facts.filled:
        return None
    return KindFound(
        Kind.MONTH,
        Sure.SURE if said else Sure.LIKELY,
        (Evidence(Ground.READS, 1.0), *_if(said, Ground.TYPE_NAME)),
    )


def _place(facts: ColumnFacts) -> KindFound | None:
    """Codes of municipalities and post: digits alone are too little, the name has to say it."""
    for kind, speaks in ((Kind.MUNICIPALITY, Speaks.MUNICIPALITY), (Kind.POSTAL_CODE, Speaks.POSTAL_CODE)):
        if facts.share(kind) == 1 and says(facts.name, speaks):
            return KindFound(kind, Sure.SURE, (Evidence(Ground.READS, 1.0), Evidence(Ground.TYPE_NAME)))
    return None


def _free_text(facts: ColumnFacts) -> KindFound | None:
    said = says(facts.name, Speaks.FREE_TEXT)
    wordy = facts.mean_length >= SENTENCE_LENGTH and facts.sentences >= SENTENCES * facts.filled
    varied = facts.distinct > FEW or facts.uniqueness >= 0.5
    if not (wordy and varied) and not (said and facts.share(Kind.INTEGER) < MOSTLY and facts.rare):
        return None
    told = (*_if(wordy, Ground.SENTENCES, facts.sentences / facts.filled), *_if(said, Ground.TYPE_NAME))
    longest = longest_for(facts.longest, LONGEST_FREE_TEXT)
    return KindFound(Kind.FREE_TEXT, Sure.SURE if wordy and said else Sure.LIKELY, told, longest=longest)


def _integer(facts: ColumnFacts) -> KindFound | None:
    if facts.share(Kind.INTEGER) < 1 or facts.leading_zeros:
        return None
    counted = says(facts.name, Speaks.COUNT)
    if facts.distinct < ENOUGH and facts.filled >= PER_VALUE * facts.distinct and not counted:
        return None
    if says(facts.name, Speaks.CODE) and not counted:
        return None
    if facts.one_length and facts.longest >= 5 and facts.uniqueness >= MOSTLY and not counted:
        return None
    sure = Sure.SURE if counted or facts.distinct > FEW else Sure.LIKELY
    return KindFound(Kind.INTEGER, sure, (Evidence(Ground.READS, 1.0), *_if(counted, Ground.TYPE_NAME)))


def _code(facts: ColumnFacts) -> KindFound | None:
    if facts.newlines:
        return None
    said = says(facts.name, Speaks.CODE)
    few = facts.distinct <= FEW and facts.filled >= PER_VALUE * facts.distinct
    digits = facts.share(Kind.INTEGER) == 1
    if not (said or few or digits):
        return None
    told = [
        *_if(said, Ground.TYPE_NAME),
        *_if(facts.leading_zeros, Ground.LEADING_ZEROS, facts.leading_zeros / facts.filled),
        *_if(facts.one_length and digits, Ground.ONE_LENGTH),
        *_almost(facts),
    ]
    longest = longest_for(facts.longest)
    if few and not facts.rare:
        sure = Sure.SURE if not digits or said else Sure.LIKELY
        return KindFound(Kind.CODE, sure, (Evidence(Ground.FEW_VALUES), *told), facts.shared, longest)
    if few:
        return KindFound(Kind.CODE, Sure.ASK, (Evidence(Ground.RARE_VALUES), *told), (), longest)
    return KindFound(Kind.CODE, Sure.LIKELY, tuple(told), (), longest)


def _text(facts: ColumnFacts) -> KindFound:
    almost = _almost(facts)
    sure = Sure.ASK if almost else Sure.LIKELY
    return KindFound(Kind.TEXT, sure, almost, longest=longest_for(facts.longest))


def _almost(facts: ColumnFacts) -> tuple[Evidence, ...]:
    """Tell of a type that most cells read as, and some do not."""
    shares = [facts.share(kind) for kind in (Kind.DATE, Kind.INTEGER, Kind.MONTH)]
    return _if(MOSTLY <= max(shares) < 1, Ground.SOME_UNREAD, 1 - max(shares))


def _if(so: object, ground: Ground, share: float | None = None) -> tuple[Evidence, ...]:
    return (Evidence(ground, share),) if so else ()
