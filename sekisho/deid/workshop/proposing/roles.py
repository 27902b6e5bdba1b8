"""Which role a column has, by the numbers in it, its name, and how well it tells people apart (spec/inspect.md 5)."""

from dataclasses import dataclass

from sekisho.deid.numbers.codes import INDIVIDUAL_CODES, Code
from sekisho.deid.numbers.columns import Ground as Seen
from sekisho.deid.numbers.columns import Sighting
from sekisho.deid.numbers.headers import code_of_name
from sekisho.deid.schema import Kind, Role
from sekisho.deid.workshop.proposing.evidence import Evidence, Ground, Sure
from sekisho.deid.workshop.proposing.facts import ColumnFacts
from sekisho.deid.workshop.proposing.names import Speaks, says

NAMING = frozenset({Code.NAME, Code.ADDRESS, Code.TELEPHONE, Code.EMAIL, Code.ACCOUNT, Code.LINK})
LOOKS = {Code.NAME: 0.3, Code.ADDRESS: 0.5, Code.TELEPHONE: 0.5, Code.EMAIL: 0.5, Code.ACCOUNT: 0.5}
"""Share of the cells from which a column holds it; the surnames that are known cover fewer people."""
VARIED = 0.3  # distinct values for each cell: names of persons, not of places or kinds
UNIQUE = 0.95
FEWEST = 50  # cells from which being unique says something
SEPARATES = 0.1  # of the pairs of rows
_OF_PEOPLE = frozenset({Kind.DATE, Kind.PARTIAL_DATE, Kind.MONTH, Kind.MUNICIPALITY, Kind.POSTAL_CODE})


@dataclass(frozen=True)
class RoleFound:
    """A role, what the column holds, and why."""

    role: Role
    sure: Sure
    evidence: tuple[Evidence, ...]
    holds: Code | None = None


@dataclass(frozen=True)
class Apart:
    """How well a column tells rows apart: by itself, and whether the smallest key found has it."""

    separation: float
    in_key: bool


def find_naming_role(facts: ColumnFacts, kind: Kind) -> RoleFound | None:
    """Give back the role of a column that names a person, or whose name says what it is; None where nothing is plain.

    What is found here takes no part in the search for a key but the columns that others know.
    """
    for find in (_of_codes, _of_free_text, _of_name, _of_words, _of_looks, _of_kind, _of_uniqueness):
        if (found := find(facts, kind)) is not None:
            return found
    return None


def find_role(facts: ColumnFacts, apart: Apart) -> RoleFound:
    """Give back the role of a column of which nothing else is plain: by how it tells rows apart."""
    if not facts.filled:
        return RoleFound(Role.PLAIN, Sure.ASK, (Evidence(Ground.EMPTY),))
    if apart.separation == 0:
        return RoleFound(Role.PLAIN, Sure.ASK, (Evidence(Ground.HARDLY_DIFFERS, 0.0),))
    ground = Ground.IN_KEY if apart.in_key else Ground.SEPARATES
    if not apart.in_key and apart.separation < SEPARATES:
        ground = Ground.HARDLY_DIFFERS  # the few that differ are the ones that stand out
    return RoleFound(Role.QUASI_IDENTIFIER, Sure.ASK, (Evidence(ground, apart.separation),))


def _of_codes(facts: ColumnFacts, kind: Kind) -> RoleFound | None:
    """個人識別符号: what was seen goes before what the name says; in free text it makes the whole column stay."""
    found = [one for one in facts.sightings if one.code in INDIVIDUAL_CODES]
    if not found:
        return None
    one = min(found, key=lambda one: list(Seen).index(one.ground))
    told = (Evidence(_GROUNDS[one.ground], one.share if one.is_certain else None, one.code),)
    if one.ground is Seen.TEXT:
        return RoleFound(Role.STRIPPED, Sure.ASK, told, None)
    if kind is Kind.FREE_TEXT and not one.is_certain:
        return None
    sure = Sure.SURE if _agree(facts, one) else Sure.LIKELY
    return RoleFound(Role.STRIPPED if one.code is Code.MY_NUMBER else Role.IDENTIFIER, sure, told, one.code)


_GROUNDS = {
    Seen.CHECK_DIGITS: Ground.CODE_SEEN,
    Seen.HEADER: Ground.CODE_SEEN,
    Seen.SHAPE: Ground.CODE_SEEN,
    Seen.TEXT: Ground.CODE_IN_TEXT,
    Seen.HEADER_ONLY: Ground.CODE_NAMED,
}


def _agree(facts: ColumnFacts, one: Sighting) -> bool:
    return one.is_certain and code_of_name(facts.name) is one.code


def _of_free_text(_: ColumnFacts, kind: Kind) -> RoleFound | None:
    if kind is not Kind.FREE_TEXT:
        return None
    return RoleFound(Role.SENSITIVE, Sure.LIKELY, (Evidence(Ground.FREE_TEXT),))


def _of_name(facts: ColumnFacts, _: Kind) -> RoleFound | None:
    said = code_of_name(facts.name)
    if said is Code.INSURER_NUMBER:
        return RoleFound(Role.QUASI_IDENTIFIER, Sure.LIKELY, (Evidence(Ground.CODE_NAMED, None, said),), said)
    if said not in NAMING:
        return None
    looks = next((one.share for one in facts.shares if one.code is said and one.cells), None)
    sure = Sure.SURE if said is Code.LINK or looks is not None else Sure.LIKELY
    return RoleFound(Role.IDENTIFIER, sure, (Evidence(Ground.CODE_NAMED, looks, said),), said)


def _of_words(facts: ColumnFacts, kind: Kind) -> RoleFound | None:
    if says(facts.name, Speaks.PROTECTED):
        return RoleFound(Role.STRIPPED, Sure.LIKELY, (Evidence(Ground.PROTECTED_NAME),))
    known, sensitive = says(facts.name, Speaks.KNOWN), says(facts.name, Speaks.SENSITIVE)
    told = (Evidence(Ground.SENSITIVE_NAME),) if sensitive else ()
    if known:
        return RoleFound(Role.QUASI_IDENTIFIER, _asking(sensitive), (Evidence(Ground.KNOWN_NAME), *told))
    if sensitive and kind in _OF_PEOPLE:
        return RoleFound(Role.QUASI_IDENTIFIER, Sure.ASK, (Evidence(Ground.KNOWN_TYPE), *told))
    return RoleFound(Role.SENSITIVE, Sure.LIKELY, told) if told and facts.filled else None


def _asking(sensitive: object) -> Sure:
    return Sure.ASK if sensitive else Sure.SURE


def _of_looks(facts: ColumnFacts, _: Kind) -> RoleFound | None:
    if facts.uniqueness < VARIED:
        return None
    for one in facts.shares:
        if one.share >= LOOKS[one.code]:
            told = (Evidence(Ground.LOOKS_LIKE, one.share, one.code),)
            return RoleFound(Role.IDENTIFIER, Sure.LIKELY, told, one.code)
    return None


def _of_kind(_: ColumnFacts, kind: Kind) -> RoleFound | None:
    if kind not in _OF_PEOPLE:
        return None
    return RoleFound(Role.QUASI_IDENTIFIER, Sure.LIKELY, (Evidence(Ground.KNOWN_TYPE),))


def _of_uniqueness(facts: ColumnFacts, kind: Kind) -> RoleFound | None:
    if kind is Kind.CODE and says(facts.name, Speaks.NUMBER) and facts.uniqueness >= VARIED:
        by_name = (Evidence(Ground.NUMBER_NAME), Evidence(Ground.NEARLY_UNIQUE, facts.uniqueness))
        return RoleFound(Role.IDENTIFIER, Sure.LIKELY, by_name, Code.LINK)
    if facts.filled < FEWEST or facts.uniqueness < UNIQUE:
        return None
    if kind is Kind.INTEGER and not facts.serial:
        return None
    told = (Evidence(Ground.SERIAL if facts.serial else Ground.NEARLY_UNIQUE, facts.uniqueness),)
    holds = Code.LINK if kind in {Kind.CODE, Kind.INTEGER} else None
    return RoleFound(Role.IDENTIFIER, Sure.LIKELY, told, holds)
