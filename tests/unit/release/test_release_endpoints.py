"""Where a recipient takes parcels: one spelling of each way, and a host key that can be pinned (spec/roster.md 3)."""

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, derive_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sekisho.errors import BadSettings
from sekisho.release.endpoints import Endpoint, Sftp
from sekisho.release.roster import ROSTER_TYPE, check_roster, write_roster
from sekisho.statement import read_canonical, read_envelope, sign_statement
from tests.unit.release.release_made import DRAFT, FOUNDERS, NOW, PINNED, RECIPIENT, roster_of, signer


def as_text(key: Any) -> str:
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


ED25519 = as_text(signer("host key").verifier.key)
P384 = as_text(derive_private_key(7, SECP384R1()).public_key())
P256 = as_text(derive_private_key(7, SECP256R1()).public_key())
SFTP = {
    "way": "sftp", "host": "10.61.5.1", "port": 22, "user": "sekisho", "folder": "in", "host_key": P384,
}  # fmt: skip


def with_endpoint(endpoint: Any) -> bytes:
    """Give back a roster that both founders signed, whatever stands in it as its recipient's endpoint."""
    value = read_canonical(read_envelope(write_roster(DRAFT, FOUNDERS), ROSTER_TYPE).payload)
    value["recipients"][0]["endpoint"] = endpoint
    return sign_statement(ROSTER_TYPE, value, sorted(FOUNDERS, key=lambda one: one.key_id))


@pytest.mark.requirement("B13")
@pytest.mark.parametrize("key", [ED25519, P384])
@pytest.mark.parametrize("folder", [".", "in", "/srv/results/in"])
def test_an_sftp_endpoint_is_read_back_as_it_was_written(key: str, folder: str) -> None:
    endpoint = Endpoint("recipient.example", 22, Sftp("sekisho", folder, key))
    draft = replace(DRAFT, recipients=(replace(RECIPIENT, endpoint=endpoint),))
    assert roster_of(draft).recipients[0].endpoint == endpoint
    assert endpoint.sftp is not None
    assert endpoint.sftp.key_kind == key.split(maxsplit=1)[0]


def test_an_endpoint_without_a_way_is_one_over_https() -> None:
    roster = check_roster(with_endpoint({"host": "recipient.example", "port": 8446}), PINNED, NOW)
    assert roster.recipients[0].endpoint == Endpoint("recipient.example", 8446)


@pytest.mark.requirement("B13")
@pytest.mark.parametrize(
    "wrong",
    [
        {"way": "https"},
        {"way": "ftp"},
        {"port": 0},
        {"port": "22"},
        {"user": ""},
        {"user": "root;id"},
        {"user": "-oProxyCommand"},
        {"folder": ""},
        {"folder": "/"},
        {"folder": "in/"},
        {"folder": "../in"},
        {"folder": "in//there"},
        {"folder": "in/./there"},
        {"folder": "/".join("abcdefghi")},
        {"folder": "in\n"},
        {"host_key": ""},
        {"host_key": P256},
        {"host_key": P384.removeprefix("ecdsa-sha2-nistp384 ")},
        {"host_key": f"{P384} root@recipient"},
        {"host_key": f"{P384}\n"},
        {"host_key": P384[:-4]},
        {"host_key": f"ssh-ed25519 {P384.split()[1]}"},
        {"host_key": f"ssh-ed25519 {'A' * 400}"},
        {"host_key": "ssh-ed25519 鍵"},
        {"password": "secret"},
    ],
)
def test_an_sftp_endpoint_that_is_not_as_its_page_says_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadSettings, match=r"roster\.malformed"):
        check_roster(with_endpoint(SFTP | wrong), PINNED, NOW)


@pytest.mark.parametrize("without", SFTP)
def test_an_sftp_endpoint_says_all_of_it(without: str) -> None:
    endpoint = {name: value for name, value in SFTP.items() if name != without}
    with pytest.raises(BadSettings, match=r"roster\.malformed"):
        check_roster(with_endpoint(endpoint), PINNED, NOW)


@pytest.mark.parametrize("endpoint", [{"host": "recipient.example", "port": 22, "user": "sekisho"}, {}, "here"])
def test_an_endpoint_of_another_form_is_refused(endpoint: object) -> None:
    with pytest.raises(BadSettings, match=r"roster\.malformed"):
        check_roster(with_endpoint(endpoint), PINNED, NOW)
