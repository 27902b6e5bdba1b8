"""What is said before a permitted parcel travels: head, permit and one thing more (spec/line.md 1)."""

from collections.abc import Mapping

from sekisho.errors import BadParcel, Malformed, Reason
from sekisho.statement import check_fields, read_base64, read_canonical, write_base64, write_canonical


def write_bundle(parts: Mapping[str, bytes]) -> bytes:
    return write_canonical({name: write_base64(raw) for name, raw in parts.items()})


def read_bundle(raw: bytes, *names: str) -> tuple[bytes, ...]:
    """Give back the named parts, in this order; refuses any other set of parts."""
    try:
        value = check_fields(read_canonical(raw), **dict.fromkeys(names, str))
        return tuple(read_base64(value[name]) for name in names)
    except Malformed as error:
        raise BadParcel(Reason.PARCEL_MALFORMED, field="opening") from error
