"""What `site init --trial` makes: a folder per role, each with its own secrets only."""

import stat
import tomllib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from sekisho.errors import BadSettings, Reason
from sekisho.release.roster import check_roster
from sekisho.signing import read_public_key
from sekisho.site.authority import issue, make_authority
from sekisho.site.role_settings import SiteHead, role_text
from sekisho.site.trial import PEOPLE, VALID_FOR, Party, Ports, TrialPlan, make_trial
from sekisho.storage.settings import (
    DeliverySettings,
    MunicipalitySettings,
    ProcessingSettings,
    ReceivingSettings,
    RecipientSettings,
    read_settings,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PLAN = TrialPlan(
    site=Party("trial.example", "試行"),
    municipalities=(Party("132993", "甲市"), Party("011002", "乙市")),
    recipient=Party("riyou", "利用者"),
    purpose="研究",
    people=PEOPLE,
)
KINDS = {
    "receiving": ReceivingSettings,
    "processing": ProcessingSettings,
    "delivery": DeliverySettings,
    "recipient-riyou": RecipientSettings,
    "municipality-132993": MunicipalitySettings,
    "municipality-011002": MunicipalitySettings,
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return make_trial(tmp_path_factory.mktemp("trial") / "site", PLAN, NOW)


def test_every_role_has_a_folder_with_settings_that_read(site):
    for place, kind in KINDS.items():
        settings = read_settings(site / place / "settings.toml", kind)
        assert settings.site.trial
        assert f"{settings.role}-{settings.id}".startswith(place) or settings.id == place.partition("-")[2]


def test_every_role_has_the_same_roster_signed_by_both_founders(site):
    founders = tuple(read_public_key(line) for line in (site / "auditor" / "founders.txt").read_text().split())
    rosters = {(site / place / "roster.json").read_bytes() for place in (*KINDS, "auditor")}
    assert len(rosters) == 1
    roster = check_roster(rosters.pop(), founders, NOW)
    assert [one.id for one in roster.municipalities] == ["132993", "011002"]
    assert roster.trial


@pytest.mark.requirement("B07", "E06")
def test_no_private_key_stands_in_two_folders_and_only_its_owner_can_read_it(site):
    seen = []
    for path in sorted(site.rglob("*.pem")):
        if path.name in {"authority.pem", "certificate.pem"}:
            continue
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
        seen.append(path.read_bytes())
    of_roles = {"receiving": 2, "processing": 3, "delivery": 2, "recipient": 2, "municipalities": 2, "founders": 2}
    assert len(set(seen)) == len(seen) == len(KINDS) + sum(of_roles.values()) + len(PEOPLE)


def test_the_key_of_the_certificate_authority_is_kept_by_nobody(site):
    authority = x509.load_pem_x509_certificate((site / "receiving" / "tls" / "authority.pem").read_bytes())
    wanted = authority.public_key().public_numbers()
    for path in site.rglob("key.pem"):
        assert load_pem_private_key(path.read_bytes(), None).public_key().public_numbers() != wanted


@pytest.mark.requirement("B01")
def test_each_certificate_bears_the_one_name_that_the_roster_gives_its_party(site):
    for place in KINDS:
        made = x509.load_pem_x509_certificate((site / place / "tls" / "certificate.pem").read_bytes())
        names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert names.get_values_for_type(x509.DNSName) == [f"{place}.trial.example"]
        assert isinstance(made.public_key().curve, ec.SECP384R1)


def test_a_folder_with_anything_in_it_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine").write_text("here")
    with pytest.raises(BadSettings) as caught:
        make_trial(tmp_path, PLAN, NOW)
    assert caught.value.reason is Reason.FOLDER_NOT_EMPTY
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_certificate_holds_from_five_minutes_ago_until_its_end():
    authority = make_authority("trial.example", NOW, VALID_FOR)
    pair = issue(authority, "town.trial.example", NOW, timedelta(days=2))
    made = x509.load_pem_x509_certificate(pair.certificate)
    assert made.not_valid_before_utc == NOW - timedelta(minutes=5)
    assert made.not_valid_after_utc == NOW + timedelta(days=2)
    made.verify_directly_issued_by(authority.certificate)
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    raw = authority.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert raw not in pair.certificate + pair.key


@pytest.mark.parametrize("role", ["receiving", "processing", "delivery", "municipality", "recipient"])
def test_settings_name_nothing_outside_their_folder(role):
    ports = Ports("127.0.0.1", 1, 2, 3, 4)
    value = tomllib.loads(role_text(role, "x", SiteHead("trial.example", True, ("a", "b")), ports.doors))
    places = [*value["folders"].values(), *value["keys"].values(), *value["tls"].values(), value["site"]["roster"]]
    assert not any(one.startswith("/") or ".." in one for one in places)
    assert value["role"] == role
