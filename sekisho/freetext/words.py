"""The word lists of this room, from `words.toml`: they may be changed without touching the rules."""

import tomllib
from importlib.resources import files

_WORDS = tomllib.loads((files("sekisho.freetext") / "words.toml").read_text(encoding="utf-8"))


def _set(name: str) -> frozenset[str]:
    return frozenset(str(_WORDS[name]).split())


VARIANTS: dict[str, str] = {pair[0]: pair[1] for pair in str(_WORDS["variants"]).split()}
HONORIFICS = _set("honorifics")
CHILDREN = _set("honorifics_of_children")
TITLES = _set("titles")
KIN = _set("kin")
RELATIONS = _set("relations") | KIN
THINGS = _set("things")
ROLES = _set("roles") | RELATIONS | TITLES
NEVER_SURNAMES = _set("never_surnames")
GIVEN_SIGNS = frozenset("".join(str(_WORDS["given_signs"]).split()))
GIVEN_ALONE = frozenset("".join(str(_WORDS["given_alone"]).split()))
ALONE = GIVEN_ALONE | _set("surnames_alone")
NOT_HIDDEN = _set("not_hidden")
EPONYM_TAILS = _set("eponym_tails")
NOT_NAMES = _set("not_names")
ABBREVIATIONS = _set("abbreviations")
DISTRICTS = _set("districts")
NATURE = _set("nature")
BEFORE_DISTRICT = _set("before_district")
AFTER_PLACE = _set("after_place")
NOT_PLACES = _set("not_places")
BANKS = _set("banks")
BEFORE_BANK = _set("before_bank")
BUILDINGS = _set("buildings")
FACILITIES = _set("facilities")
FACILITY_ENDINGS = _set("facility_endings")
OF_FACILITIES = _set("of_facilities")
DIRECTIONS = _set("directions")
HOMES = _set("homes")
OF_HOMES = _set("of_homes")
LIVING = _set("living")
