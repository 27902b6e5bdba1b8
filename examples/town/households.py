"""Who lives with whom: made households whose ages and ties fit one another.

Shares of household types and ages follow the look of a Japanese city of today (national census of 2020, table of
private households by type), rounded; they are drawn, not copied.
"""

import random
from dataclasses import dataclass
from itertools import accumulate

OLDEST = 99  # people of 100 and more are planted on purpose
LARGEST = 9  # members, so are larger households
_OTHER = {"男": "女", "女": "男"}


@dataclass(frozen=True)
class Member:
    """One person of a household: tie to its head (続柄), sex (男, 女) and age in full years."""

    tie: str
    sex: str
    age: int


Members = tuple[Member, ...]


def household(chance: random.Random) -> Members:
    """Give back the members of one household, its head first."""
    kind = chance.choices(_KINDS, cum_weights=_WEIGHTS)[0]
    return kind(chance)[:LARGEST]


def single(chance: random.Random) -> Members:
    age = _age(chance, (0.30, 18, 34, 23), (0.34, 35, 69, 60), (0.36, 65, OLDEST, 78))
    sex = "男" if chance.random() < (0.58 if age < 65 else 0.33) else "女"
    return (Member("世帯主", sex, age),)


def _couple(chance: random.Random) -> Members:
    return _pair(chance, _age(chance, (0.20, 23, 44, 32), (0.40, 45, 69, 65), (0.40, 66, 95, 74)))


def _family(chance: random.Random) -> Members:
    pair = _pair(chance, int(chance.triangular(26, 74, 43)))
    return pair + _children(chance, min(one.age for one in pair))


def _one_parent(chance: random.Random) -> Members:
    sex = "女" if chance.random() < 0.86 else "男"
    head = Member("世帯主", sex, int(chance.triangular(25, 62, 44)))
    return (head, *_children(chance, head.age))


def _with_grown_child(chance: random.Random) -> Members:
    pair = _pair(chance, int(chance.triangular(57, 92, 68)))
    kept = pair if chance.random() < 0.5 else pair[:1]
    child = Member("子", chance.choice("男女"), min(one.age for one in kept) - chance.randint(24, 36))
    return (*kept, child)


def _child_with_parent(chance: random.Random) -> Members:
    head = Member("世帯主", "男" if chance.random() < 0.6 else "女", int(chance.triangular(38, 68, 55)))
    return (head, _parent(chance, head.age))


def _three_generations(chance: random.Random) -> Members:
    pair = _pair(chance, int(chance.triangular(30, 60, 44)))
    head, spouse = pair
    children = _children(chance, min(head.age, spouse.age)) or (Member("子", chance.choice("男女"), 3),)
    if chance.random() < 0.5:
        return (*pair, *children, _parent(chance, head.age))
    elder = _parent(chance, head.age)
    in_law = "子の妻" if spouse.sex == "女" else "子の夫"
    return (
        Member("世帯主", elder.sex, elder.age),
        Member("子", head.sex, head.age),
        Member(in_law, spouse.sex, spouse.age),
        *(Member("子の子", one.sex, one.age) for one in children),
    )


def _siblings(chance: random.Random) -> Members:
    head = Member("世帯主", chance.choice("男女"), int(chance.triangular(20, 78, 45)))
    sex, years = chance.choice("男女"), chance.randint(1, 8)
    if chance.random() < 0.5 or head.age < 30:
        return (head, Member("弟" if sex == "男" else "妹", sex, head.age - min(years, head.age - 18)))
    return (head, Member("兄" if sex == "男" else "姉", sex, head.age + years))


def _sharing(chance: random.Random) -> Members:
    head = Member("世帯主", chance.choice("男女"), int(chance.triangular(21, 60, 28)))
    return (head, Member("同居人", chance.choice("男女"), max(18, head.age + chance.randint(-6, 6))))


def _pair(chance: random.Random, age: int) -> Members:
    """Give back a head of this age and a spouse near in age."""
    sex = "男" if chance.random() < 0.91 else "女"
    apart = round(chance.gauss(1.8, 3.2)) * (-1 if sex == "男" else 1)
    spouse = min(OLDEST, max(20, age + max(-14, min(14, apart))))
    return (Member("世帯主", sex, age), Member("妻" if sex == "男" else "夫", _OTHER[sex], spouse))


def _children(chance: random.Random, parent_age: int) -> Members:
    """Give back one to four children at home; each was born when the younger parent was 19 to 44."""
    ages = []
    for _ in range(chance.choices((1, 2, 3, 4), (36, 47, 15, 2))[0]):
        age = parent_age - int(chance.triangular(19, 44, 30))
        if 0 <= age <= 22 or (22 < age <= 40 and chance.random() < 0.4):
            ages.append(age)
    return tuple(Member("子", chance.choice("男女"), age) for age in sorted(ages, reverse=True))


def _parent(chance: random.Random, age: int) -> Member:
    sex = "女" if chance.random() < 0.74 else "男"
    return Member("母" if sex == "女" else "父", sex, min(OLDEST, age + int(chance.triangular(20, 38, 28))))


def _age(chance: random.Random, *spans: tuple[float, int, int, int]) -> int:
    """Give back an age from spans of (weight, youngest, oldest, most frequent)."""
    _, low, high, mode = chance.choices(spans, [one[0] for one in spans])[0]
    return int(chance.triangular(low, high + 1, mode)) if mode < high else high


_SHARES = {
    single: 38.0,
    _couple: 20.5,
    _family: 24.0,
    _one_parent: 5.5,
    _with_grown_child: 5.0,
    _child_with_parent: 2.5,
    _three_generations: 2.6,
    _siblings: 1.2,
    _sharing: 0.7,
}
_KINDS = tuple(_SHARES)
_WEIGHTS = tuple(accumulate(_SHARES.values()))
