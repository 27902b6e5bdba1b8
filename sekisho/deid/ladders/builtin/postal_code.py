"""Japanese postal codes (郵便番号): fewer of their digits level by level (spec/policy.md 4.1)."""

import re

from sekisho.deid.ladders.prefix import shorten

HEIGHT = 4
_CODE = re.compile(r"([0-9]{3})-?([0-9]{4})")


def climb_postal_code(code: str) -> tuple[str, ...] | None:
    """Give back `100-00…`, `100…` and `10…`; None for what is not seven digits, with or without the hyphen.

    Five digits are mostly one town or delivery office, three a collecting office, two a region of the post.
    """
    found = _CODE.fullmatch(code)
    return found and tuple(shorten(f"{found[1]}-{found[2]}", length) for length in (6, 3, 2))
