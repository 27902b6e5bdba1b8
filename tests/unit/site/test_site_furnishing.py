"""Keys of a trial beside the rendered files: made for a trial alone, each with its owner, and all of it or nothing."""

import subprocess

import pytest

from sekisho.cli.clock import now
from sekisho.release.endpoints import Endpoint, Sftp
from sekisho.release.roster import check_roster
from sekisho.storage.keys import read_signing_key
from sekisho.storage.settings import DeliverySettings, read_settings
from tests.journey.apart import SITE_FILE
from tests.journey.trial_site import said_here

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43
RECIPIENTS = '\n[[recipient]]\nid = "riyou"'


def render(folder, change=lambda text: text):
    file = folder / "site.toml"
    file.write_text(change(SITE_FILE.read_text(encoding="utf-8")), encoding="utf-8")
    return said_here("site", "render", file, "--out", folder / "out", "--trial-keys")


def as_trial(text):
    return text.replace("\n[gateway_in]", "trial = true\n\n[gateway_in]", 1)


def without_https(text):
    return as_trial(text).replace("port = 8445\n", 'port = 8445\nway = "sftp"\n')


@pytest.mark.parametrize("change", [lambda text: text, without_https])
def test_keys_are_made_for_a_trial_with_a_recipient_over_https_alone(tmp_path, change):
    done = render(tmp_path, change)
    assert (done.code, "[site.no-trial]" in done.err) == (4, True), done.err
    assert [one.name for one in tmp_path.iterdir()] == ["site.toml"]


@pytest.mark.requirement("B13")
def test_a_trial_with_sftp_alone_pins_the_host_key_of_the_site_file_and_gives_delivery_a_key_of_its_own(tmp_path):
    done = render(tmp_path, lambda text: without_https(text) + f'host_key = "{HOST_KEY}"\n')
    assert done.code == 0, done.err
    home = tmp_path / "out" / "delivery" / "etc" / "sekisho"
    settings = read_settings(home / "settings.toml", DeliverySettings)
    roster = check_roster(settings.site.roster.read_bytes(), settings.site.founders, now())
    (recipient,) = roster.recipients
    assert recipient.endpoint == Endpoint("10.61.6.2", 22, Sftp("sekisho", ".", HOST_KEY))
    assert settings.ssh is not None
    assert settings.ssh.key.stat().st_mode & 0o777 == 0o600
    assert (home / "ssh" / "key.pub").read_text().startswith("ecdsa-sha2-nistp384 ")
    assert not list((tmp_path / "out" / "receiving").rglob("ssh/key.pem"))


@pytest.mark.requirement("B06", "B07")
def test_each_role_has_its_own_keys_and_no_other_machine_has_them(tmp_path):
    assert render(tmp_path, as_trial).code == 0
    out = tmp_path / "out"
    keys = {}
    for path in sorted(out.rglob("*.pem")):
        if path.parent.name == "keys" or path.name == "key.pem":
            keys.setdefault(path.read_bytes(), []).append(path.relative_to(out).parts[0])
    assert all(len(owners) == 1 for owners in keys.values())
    assert {owner for owners in keys.values() for owner in owners} == {
        "receiving", "processing", "delivery", "municipality-132993", "municipality-142999", "recipient-riyou", "founders",
    }  # fmt: skip
    read_signing_key(out / "receiving" / "etc" / "sekisho" / "keys" / "receipt.pem")
    assert "put the" not in (out / "processing" / "etc" / "sekisho" / "settings.toml").read_text(encoding="utf-8")
    assert not (out / "gateway-in" / "etc" / "sekisho" / "keys").exists()


def test_the_files_of_a_machine_are_laid_over_its_own_without_changing_what_is_there(tmp_path):
    """As docs/administrators.md says: folders of the machine keep their modes, keys stay private, the rest can be read."""
    assert render(tmp_path, as_trial).code == 0
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True, mode=0o755)
    root.chmod(0o711)
    command = f"tar -C {tmp_path / 'out' / 'receiving'} -c . | tar -C {root} -x --no-same-owner --no-overwrite-dir"
    subprocess.run(["sh", "-ec", command], check=True, timeout=30)
    modes = {
        path: oct((root / path).stat().st_mode & 0o777)
        for path in (
            ".",
            "etc",
            "etc/resolv.conf",
            "etc/nsswitch.conf",
            "etc/systemd/system",
            "etc/sekisho/settings.toml",
            "etc/sekisho/keys/ledger.pem",
        )
    }
    assert modes == {
        ".": "0o711", "etc": "0o755", "etc/resolv.conf": "0o644", "etc/nsswitch.conf": "0o644", "etc/systemd/system": "0o755",
        "etc/sekisho/settings.toml": "0o600", "etc/sekisho/keys/ledger.pem": "0o600",
    }  # fmt: skip
