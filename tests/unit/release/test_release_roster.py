from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sekisho.errors import BadSettings, Malformed, Reason, Refused, Tampered
from sekisho.release.people import Credential, KeyKind, Role
from sekisho.release.roster import ROSTER_TYPE, RosterDraft, check_roster, write_roster
from sekisho.statement import Envelope, read_canonical, read_envelope, sign_statement, write_envelope
from tests.unit.release.release_made import (
    CONTRACT,
    DRAFT,
    FOUNDERS,
    NOW,
    PEOPLE,
    PINNED,
    RECIPIENT,
    ROSTER,
    credential_id,
    parcel_key,
    person,
    roster_of,
    signer,
)

RAW = write_roster(DRAFT, FOUNDERS)
VALUE = read_canonical(read_envelope(RAW, ROSTER_TYPE).payload)
TOWN = DRAFT.municipalities[0]


def edited(*path: str | int, to: Any) -> bytes:
    """Give back a roster that both founders signed, one value of it edited."""
    value = read_canonical(read_envelope(RAW, ROSTER_TYPE).payload)
    place = value
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return sign_statement(ROSTER_TYPE, value, sorted(FOUNDERS, key=lambda one: one.key_id))


def test_a_roster_that_is_written_is_read_back_as_it_was() -> None:
    assert check_roster(RAW, PINNED, NOW).draft == DRAFT


def test_a_roster_has_the_digest_of_its_payload() -> None:
    assert ROSTER.digest == read_envelope(RAW, ROSTER_TYPE).digest


def test_a_roster_finds_its_municipality_recipient_person_and_holder() -> None:
    assert ROSTER.municipality("132993") == TOWN
    assert ROSTER.recipient("institute") == RECIPIENT
    assert ROSTER.person("okada") == PEOPLE[0]
    assert ROSTER.holder(credential_id("okada")) == PEOPLE[0]
    assert ROSTER.recipients == (RECIPIENT,)
    assert ROSTER.municipalities == (TOWN,)
    assert (ROSTER.receiving, ROSTER.delivery) == (DRAFT.receiving, DRAFT.delivery)


@pytest.mark.parametrize(
    ("look_up", "reason"),
    [
        ("municipality", Reason.SENDER_UNKNOWN),
        ("recipient", Reason.RECIPIENT_UNKNOWN),
        ("person", Reason.PERSON_UNKNOWN),
        ("holder", Reason.PERMIT_UNKNOWN_PERSON),
    ],
)
def test_a_roster_refuses_whom_it_does_not_know(look_up: str, reason: Reason) -> None:
    with pytest.raises(Refused) as caught:
        getattr(ROSTER, look_up)("nobody")
    assert caught.value.reason is reason


@pytest.mark.requirement("F01")
def test_a_reviewer_role_that_nobody_holds_is_vacant() -> None:
    assert ROSTER.vacant == frozenset()
    without = tuple(one for one in PEOPLE if Role.SAFETY_REVIEWER not in one.roles)
    assert roster_of(replace(DRAFT, people=without)).vacant == {Role.SAFETY_REVIEWER}


@pytest.mark.parametrize("signers", [FOUNDERS[:1], (FOUNDERS[0], signer("stranger")), (*FOUNDERS, signer("third"))])
def test_a_roster_that_others_than_the_two_founders_signed_is_refused(signers: tuple[Any, ...]) -> None:
    raw = sign_statement(ROSTER_TYPE, VALUE, sorted(signers, key=lambda one: one.key_id))
    with pytest.raises(Tampered, match=r"roster\.signature"):
        check_roster(raw, PINNED, NOW)


def test_a_roster_that_one_founder_signed_twice_is_refused() -> None:
    with pytest.raises(Tampered, match=r"roster\.signature"):
        check_roster(sign_statement(ROSTER_TYPE, VALUE, (FOUNDERS[0], FOUNDERS[0])), PINNED, NOW)


@pytest.mark.parametrize("pinned", [(), PINNED[:1], (PINNED[0], PINNED[0]), (*PINNED, signer("third").verifier)])
def test_settings_that_do_not_pin_two_founders_are_refused(pinned: tuple[Any, ...]) -> None:
    with pytest.raises(BadSettings, match=r"settings\.malformed"):
        check_roster(RAW, pinned, NOW)


def test_a_roster_with_its_signatures_in_the_other_order_is_refused() -> None:
    envelope = read_envelope(RAW, ROSTER_TYPE)
    turned = write_envelope(Envelope(ROSTER_TYPE, envelope.payload, envelope.signatures[::-1]))
    with pytest.raises(BadSettings, match=r"roster\.malformed"):
        check_roster(turned, PINNED, NOW)


def test_a_roster_of_more_than_a_mebibyte_is_refused() -> None:
    with pytest.raises(BadSettings, match=r"roster\.malformed"):
        check_roster(b" " * 1_048_577, PINNED, NOW)


def test_a_roster_with_one_flipped_bit_is_refused() -> None:
    raw = write_roster(replace(DRAFT, recipients=()), FOUNDERS)
    begin_of_signatures = raw.index(b'"signatures"')
    one_of_every_third_byte = {(position, position // 3 % 8) for position in range(0, len(raw), 3)}
    all_of_the_signatures = {(position, bit) for position in range(begin_of_signatures, len(raw)) for bit in range(8)}
    accepted = 0
    for position, bit in one_of_every_third_byte | all_of_the_signatures:
        flipped = bytearray(raw)
        flipped[position] ^= 1 << bit
        try:
            check_roster(bytes(flipped), PINNED, NOW)
        except (BadSettings, Tampered):
            continue
        accepted += 1
    assert accepted == 0


def test_a_roster_is_in_force_from_its_first_second_to_the_one_before_its_last() -> None:
    check_roster(RAW, PINNED, DRAFT.valid_from)
    check_roster(RAW, PINNED, DRAFT.valid_until - timedelta(seconds=1))
    with pytest.raises(BadSettings, match=r"roster\.not-yet-valid"):
        check_roster(RAW, PINNED, DRAFT.valid_from - timedelta(seconds=1))
    with pytest.raises(BadSettings, match=r"roster\.expired"):
        check_roster(RAW, PINNED, DRAFT.valid_until)


def test_a_roster_older_than_one_seen_before_is_refused() -> None:
    check_roster(RAW, PINNED, NOW, not_older_than=3)
    with pytest.raises(BadSettings, match=r"roster\.older"):
        check_roster(RAW, PINNED, NOW, not_older_than=4)


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("version",), 0),
        (("version",), True),
        (("valid_until",), "2026-11-22T09:00:00Z"),
        (("trial",), 1),
        (("extra",), 1),
        (("site", "id"), "Sekisho.example"),
        (("site", "id"), "sekisho.example:8443"),
        (("site", "name"), " "),
        (("site", "name"), "a\nb"),
        (("site", "name"), "x" * 201),
        (("machines", "receiving", "receipt_key"), "AAAA"),
        (("machines", "receiving", "ledger", "origin"), "two words"),
        (("machines", "receiving", "tls_name"), "delivery.sekisho.example"),
        (("machines", "processing", "parcel_key"), {}),
        (("machines", "processing", "parcel_key", "p384"), "AAAA"),
        (("municipalities", 0, "id"), "13299"),
        (("municipalities", 0, "id"), "１３２９９３"),
        (("municipalities", 0, "tls_name"), "-town.example"),
        (("recipients", 0, "id"), "Institute"),
        (("recipients", 0, "id"), "132993"),
        (("recipients", 0, "endpoint", "port"), 0),
        (("recipients", 0, "endpoint", "port"), 65_536),
        (("recipients", 0, "contract", "valid_until"), "2020-01-01T00:00:00Z"),
        (("recipients", 0, "contract", "valid_until"), "2027-01-01"),
        (("recipients", 0, "contract", "identification_ban_signed_on"), "20261001"),
        (("recipients", 0, "contract", "identification_ban_signed_on"), "2026-02-30"),
        (("people", 0, "roles"), []),
        (("people", 0, "roles"), ["operator", "administrator"]),
        (("people", 0, "roles"), ["operator", "operator"]),
        (("people", 0, "roles"), ["king"]),
        (("people", 0, "id"), "ono"),
        (("people", 0, "credential", "id"), credential_id("ono")),
        (("people", 0, "credential", "id"), "a+b"),
        (("people", 0, "credential", "id"), "A"),
        (("people", 0, "credential", "id"), "AB"),
        (("people", 0, "credential", "kind"), "paper"),
        (("people", 0, "credential", "public_key"), "AAAA"),
        (("people", 0, "credential", "public_key"), "BAAA" + "A" * 83 + "="),
    ],
)
def test_a_roster_that_is_not_as_its_page_says_is_refused(path: tuple[str | int, ...], to: object) -> None:
    with pytest.raises(BadSettings, match=r"roster\.malformed"):
        check_roster(edited(*path, to=to), PINNED, NOW)


def test_two_people_with_one_key_are_refused() -> None:
    twin = replace(person("twin", Role.AUDITOR), credential=replace(PEOPLE[0].credential, id=credential_id("twin")))
    with pytest.raises(BadSettings, match=r"field=public key"):
        write_roster(replace(DRAFT, people=(*PEOPLE, twin)), FOUNDERS)


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, municipalities=(TOWN, replace(TOWN, tls_name="second.example", label_key=signer("2").verifier))),
        replace(DRAFT, municipalities=(TOWN, replace(TOWN, id="132994", tls_name="second.example"))),
        replace(DRAFT, delivery=replace(DRAFT.delivery, ledger=DRAFT.receiving.ledger)),
        replace(DRAFT, recipients=(replace(RECIPIENT, parcel_key=DRAFT.processing.parcel_key),)),
        replace(DRAFT, recipients=(RECIPIENT, replace(RECIPIENT, id="second", tls_name="second.example"))),
        replace(
            DRAFT,
            recipients=(
                RECIPIENT,
                replace(RECIPIENT, id="second", tls_name="second.example", parcel_key=parcel_key("second")),
            ),
        ),
    ],
)
def test_ids_and_keys_that_must_differ_are_refused_where_they_do_not(draft: RosterDraft) -> None:
    with pytest.raises(BadSettings, match=r"wrong=twice"):
        write_roster(draft, FOUNDERS)


@pytest.mark.requirement("E06")
@pytest.mark.parametrize("first", list(Role))
@pytest.mark.parametrize("second", list(Role))
def test_only_roles_that_do_not_watch_each_other_stand_together(first: Role, second: Role) -> None:
    free = {Role.ADMINISTRATOR, Role.SECURITY_OFFICER}
    together = first is second or (Role.AUDITOR not in {first, second} and (first in free or second in free))
    draft = replace(DRAFT, people=(person("one", first, second),))
    if together:
        assert roster_of(draft).person("one").roles == {first, second}
        return
    with pytest.raises(BadSettings, match=r"roster\.roles-together"):
        write_roster(draft, FOUNDERS)


@pytest.mark.requirement("B13")
def test_a_contract_is_in_force_on_its_days_only() -> None:
    CONTRACT.check_in_force(CONTRACT.valid_from)
    for moment in (CONTRACT.valid_from - timedelta(seconds=1), CONTRACT.valid_until):
        with pytest.raises(Refused, match=r"release\.contract-not-in-force"):
            CONTRACT.check_in_force(moment)


@pytest.mark.requirement("A14")
def test_a_contract_is_in_force_from_the_day_in_japan_on_which_the_ban_was_signed() -> None:
    midnight_in_japan = NOW.replace(hour=15)
    signed = replace(CONTRACT, identification_ban_signed_on=date(2026, 11, 24))
    signed.check_in_force(midnight_in_japan)
    for contract in (signed, replace(CONTRACT, identification_ban_signed_on=None)):
        with pytest.raises(Refused, match="ban on identification"):
            contract.check_in_force(midnight_in_japan - timedelta(seconds=1))


def test_a_roster_with_an_unsigned_ban_can_be_written_and_read() -> None:
    draft = replace(
        DRAFT, recipients=(replace(RECIPIENT, contract=replace(CONTRACT, identification_ban_signed_on=None)),)
    )
    assert roster_of(draft).draft == draft


def test_a_credential_off_the_curve_is_refused_when_a_roster_is_written() -> None:
    bad = replace(PEOPLE[0], credential=Credential(credential_id("okada"), KeyKind.SOFTWARE, b"\4" + bytes(64)))
    with pytest.raises(BadSettings, match=r"roster\.malformed"):
        write_roster(replace(DRAFT, people=(bad,)), FOUNDERS)


def test_malformed_is_turned_into_an_error_that_says_who_must_act() -> None:
    with pytest.raises(BadSettings) as caught:
        check_roster(b"{}", PINNED, NOW)
    assert isinstance(caught.value.__cause__, Malformed)
