import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.errors import Refused, Tampered
from sekisho.release.permit import check_permit
from tests.unit.release.release_made import ADDRESSEE, NOW, PARCEL, ROSTER, permit_by

WORK = {  # said again here, so that the rule is judged by something other than itself
    "okada": "operator",
    "ono": "operator",
    "private-1": "privacy",
    "private-2": "privacy",
    "safe-1": "safety",
    "safe-2": "safety",
    "audit": "auditor",
    "stranger": "nobody",
}
GOOD = permit_by("private-1", "safe-1")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def holds(raw: bytes) -> bool:
    try:
        check_permit(raw, ROSTER, PARCEL, ADDRESSEE, NOW, trial=True)
    except (Refused, Tampered):
        return False
    return True


@settings(max_examples=150, deadline=None)
@given(
    names=st.lists(st.sampled_from(sorted(WORK)), min_size=1, max_size=4),
    operator=st.sampled_from(("okada", "ono", "safe-1")),
)
def test_a_permit_holds_exactly_if_its_signers_are_one_of_each_reviewer_role(names: list[str], operator: str) -> None:
    lawful = sorted(WORK[name] for name in names) == ["privacy", "safety"] and WORK[operator] == "operator"
    assert holds(permit_by(*names, operator=operator)) is lawful


@settings(max_examples=100, deadline=None)
@given(st.permutations(["private-1", "safe-1"]))
def test_the_order_in_which_people_sign_does_not_show(names: list[str]) -> None:
    assert permit_by(*names) == GOOD


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.integers(0, len(GOOD)), st.integers(0, 60))
def test_bytes_put_in_or_taken_out_anywhere_make_no_other_permit(more: bytes, at: int, less: int) -> None:
    raw = GOOD[:at] + more + GOOD[at + less :]
    assert holds(raw) is (raw == GOOD)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_base64_in_another_spelling_is_refused(data: st.DataObject) -> None:
    value = json.loads(GOOD)
    entry = value["signatures"][data.draw(st.integers(0, 1))]
    place = data.draw(st.sampled_from(((value, "payload"), (entry, "sig"), (entry, "authenticatorData"))))
    text = place[0][place[1]]
    kind = data.draw(st.sampled_from(("bits", "padding", "newline", "urlsafe")))
    match kind:
        case "bits":
            body = text.rstrip("=")
            last = ALPHABET[ALPHABET.index(body[-1]) ^ data.draw(st.integers(1, 3 if len(body) % 4 == 3 else 15))]
            spelled = body[:-1] + last + "=" * (len(text) - len(body))
        case "padding":
            spelled = text + "="
        case "newline":
            spelled = text[:20] + "\n" + text[20:]
        case _:
            spelled = base64.urlsafe_b64encode(base64.b64decode(text)).decode().rstrip("=")
    place[0][place[1]] = spelled
    raw = json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
    assert holds(raw) is (raw == GOOD)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(("indent", "order", "escape", "twice", "member")))
def test_json_in_another_spelling_is_refused(kind: str) -> None:
    value = json.loads(GOOD)
    match kind:
        case "indent":
            raw = json.dumps(value, indent=1, sort_keys=True).encode()
        case "order":
            raw = json.dumps(dict(reversed(value.items())), separators=(",", ":")).encode()
        case "escape":
            raw = GOOD.replace(b"payloadType", b"payload\\u0054ype")
        case "twice":
            raw = b'{"payload":"",' + GOOD[1:]
        case _:
            raw = json.dumps({**value, "zz": 1}, separators=(",", ":"), sort_keys=True).encode()
    assert raw != GOOD
    assert not holds(raw)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_at_all_end_in_one_of_our_own_errors(raw: bytes) -> None:
    with pytest.raises(Tampered, match=r"permit\.malformed"):
        check_permit(raw, ROSTER, PARCEL, ADDRESSEE, NOW, trial=True)
