"""Keys of a trial beside the rendered files: made for a trial alone, each with its owner, and all of it or nothing."""

import pytest

from sekisho.storage.keys import read_signing_key
from tests.journey.apart import SITE_FILE
from tests.journey.trial_site import said_here

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
