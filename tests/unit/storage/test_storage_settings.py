import re
from pathlib import Path

import pytest

from sekisho.errors import BadSettings, Reason
from sekisho.signing import write_public_key
from sekisho.storage.settings import (
    LARGEST_SETTINGS_BYTES,
    DeliverySettings,
    MunicipalitySettings,
    ProcessingSettings,
    ReceivingSettings,
    RecipientSettings,
    read_settings,
)

SPEC = Path(__file__).parents[3] / "spec" / "settings.md"
EXAMPLE = re.search(r"```toml\n(.*?)```", SPEC.read_text(encoding="utf-8"), re.DOTALL)[1]
COMMON = EXAMPLE[: EXAMPLE.index("[folders]")]

OTHERS = {
    ProcessingSettings: """
[folders]
ledger = "ledger"
shelf = "shelf"
work = "work"
[keys]
label = "keys/label.pem"
parcel = "keys/parcel.pem"
ledger = "keys/ledger.pem"
[peers]
receiving = { host = "127.0.0.1", port = 8442, name = "receiving.trial" }
delivery = { host = "::1", port = 8443, name = "delivery.trial" }
""",
    DeliverySettings: """
[folders]
ledger = "ledger"
shelf = "shelf"
parts = "parts"
[keys]
ledger = "keys/ledger.pem"
[listen]
processing = { host = "127.0.0.1", port = 0 }
""",
    MunicipalitySettings: """
[folders]
outbox = "outbox"
receipts = "receipts"
[keys]
label = "keys/label.pem"
[peers]
receiving = { host = "127.0.0.1", port = 8441, name = "receiving.trial" }
""",
    RecipientSettings: """
[folders]
inbox = "inbox"
opened = "opened"
parts = "parts"
[keys]
parcel = "keys/parcel.pem"
acknowledgement = "keys/acknowledgement.pem"
[listen]
delivery = { host = "127.0.0.1", port = 8444 }
""",
}


def written(folder: Path, text: str) -> Path:
    path = folder / "receiving.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, text: str) -> dict[str, object]:
    path = written(folder, text)
    with pytest.raises(BadSettings) as refusal:
        read_settings(path, ReceivingSettings)
    assert refusal.value.reason is Reason.SETTINGS_MALFORMED
    assert refusal.value.facts["file"] == "receiving.toml"
    return refusal.value.facts


def test_example_of_the_spec_is_read(tmp_path):
    settings = read_settings(written(tmp_path, EXAMPLE), ReceivingSettings)
    assert (settings.role, settings.site.id, settings.site.trial) == ("receiving", "trial.sekisho.example", True)
    assert settings.listen.senders.port == 8441
    assert settings.limits.largest_parcel_bytes == 2**36
    assert write_public_key(settings.site.founders[0]) in EXAMPLE


def test_paths_are_relative_to_the_file(tmp_path):
    settings = read_settings(
        written(tmp_path, EXAMPLE.replace('"roster.dsse"', '"/etc/roster.dsse"')), ReceivingSettings
    )
    assert settings.folders.ledger == tmp_path / "ledger"
    assert settings.tls.key == tmp_path / "tls" / "key.pem"
    assert settings.site.roster == Path("/etc/roster.dsse")


@pytest.mark.parametrize("kind", OTHERS, ids=lambda kind: kind.__name__)
def test_every_other_role_has_its_settings(tmp_path, kind):
    role = kind.__name__.removesuffix("Settings").lower()
    settings = read_settings(written(tmp_path, COMMON.replace('"receiving"', f'"{role}"') + OTHERS[kind]), kind)
    assert settings.role == role


def test_limits_have_defaults(tmp_path):
    settings = read_settings(written(tmp_path, EXAMPLE[: EXAMPLE.index("[limits]")]), ReceivingSettings)
    assert (settings.limits.poll_seconds, settings.limits.retention_days) == (0.5, 1095)


def test_settings_do_not_change(tmp_path):
    settings = read_settings(written(tmp_path, EXAMPLE), ReceivingSettings)
    with pytest.raises(ValueError, match="frozen"):
        settings.id = "other"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("[limits]", "[limits]\nlargest_parcel_byte = 1", "limits.largest_parcel_byte"),
        ("[tls]", "[unknown]\n[tls]", "unknown"),
        ('role = "receiving"', 'role = "receiver"', "role"),
        ('id = "receiving"', 'id = "../receiving"', "id"),
        ("trial = true", "", "site.trial"),
        ("trial = true", 'trial = "true"', "site.trial"),
        ('roster = "roster.dsse"', "roster = 1", "site.roster"),
        ('roster = "roster.dsse"', 'roster = ""', "site.roster"),
        ('"kqyI', '"AAAkqyI', "site.founders.1"),
        (
            "kqyIPegPWGDhuoJeEWFTcGWgQvCV8hWxtrl/K9OW29I=",
            "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
            "site.founders",
        ),
        (', "kqyIPegPWGDhuoJeEWFTcGWgQvCV8hWxtrl/K9OW29I="', "", "site.founders.1"),
        ("port = 8441", 'port = "8441"', "listen.senders.port"),
        ("port = 8441", "port = 65536", "listen.senders.port"),
        ('host = "127.0.0.1", port = 8441', 'host = "a b", port = 8441', "listen.senders.host"),
        ("68_719_476_736", "1", "limits.largest_parcel_bytes"),
        ("[limits]", "[limits]\npoll_seconds = 0.6", "limits.poll_seconds"),
        ("[limits]", "[limits]\npoll_seconds = 0", "limits.poll_seconds"),
        ("[limits]", "[limits]\nretention_days = 0", "limits.retention_days"),
    ],
)
def test_wrong_key_is_named_with_its_file(tmp_path, old, new, key):
    assert old in EXAMPLE
    facts = refused(tmp_path, EXAMPLE.replace(old, new, 1))
    assert facts["key"] == key
    assert facts["problems"] == 1


def test_every_problem_is_counted(tmp_path):
    assert refused(tmp_path, EXAMPLE.replace('"keys/', "1 #"))["problems"] == 2


def test_what_stands_there_is_never_told(tmp_path):
    secret = "hunter2"
    facts = refused(tmp_path, EXAMPLE.replace("[limits]", f'[limits]\n"{secret} 人" = 1\npoll_seconds = "{secret}"'))
    assert secret not in str(facts)
    assert facts["problems"] == 2
    assert secret not in str(refused(tmp_path, EXAMPLE + f"\n{secret} = = 1"))


@pytest.mark.parametrize(("text", "line"), [('role = "receiving"\nid = = 1\n', 2), ('role = "receiving', 0)])
def test_broken_toml_is_told_by_its_line(tmp_path, text, line):
    assert refused(tmp_path, text) == {"file": "receiving.toml", "line": line}


def test_file_that_is_not_utf8_is_refused(tmp_path):
    (tmp_path / "receiving.toml").write_bytes(b'role = "\xff"')
    with pytest.raises(BadSettings) as refusal:
        read_settings(tmp_path / "receiving.toml", ReceivingSettings)
    assert refusal.value.facts == {"file": "receiving.toml", "byte": 8}


def test_file_that_is_too_large_or_missing_is_refused(tmp_path):
    refused(tmp_path, "#" * (LARGEST_SETTINGS_BYTES + 1))
    with pytest.raises(BadSettings) as refusal:
        read_settings(tmp_path / "no.toml", ReceivingSettings)
    assert refusal.value.reason is Reason.SETTINGS_MISSING
    assert refusal.value.facts == {"file": "no.toml", "folder": str(tmp_path)}


@pytest.mark.parametrize("kind", OTHERS)
def test_settings_of_another_role_are_told_by_both_roles_before_anything_else(tmp_path, kind):
    path = written(tmp_path, EXAMPLE)
    with pytest.raises(BadSettings) as refusal:
        read_settings(path, kind)
    assert refusal.value.reason is Reason.SETTINGS_OTHER_ROLE
    needed = kind.__name__.removesuffix("Settings").lower()
    assert refusal.value.facts == {"folder": str(tmp_path), "role": "receiving", "needed_role": needed}
