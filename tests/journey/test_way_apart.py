"""The whole way between machines that stand apart: rendered packet filters, switches, routes and settings; locked processes.

Root, nftables and overlayfs are needed; without them the file is skipped with the reason, and in CI nothing is skipped.
"""

import shutil
from pathlib import Path

import pytest

from tests.journey.apart import BUSINESS, TOWN, apart, declare_from_files, put_work
from tests.journey.memory import family
from tests.journey.site_machine import needs_namespaces

CASE = f"{TOWN}-000001"
PEOPLE = ("shinsa", "anzen")
ZONES = ("receiving", "processing", "delivery")


pytestmark = needs_namespaces


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """The site after one table went the whole way, every server still running; and what each step said."""
    with apart(tmp_path_factory.mktemp("apart")) as made:
        made.start("receiving", "receiving")
        made.start("delivery", "delivery")
        made.start("processing", "processing", "watch")
        made.start(f"recipient-{BUSINESS}", "recipient")
        files, said = put_work(made), {}

        def step(name, done):
            said[name] = done
            assert done.code == 0, (name, done.out, done.err)

        town, desk = f"municipality-{TOWN}", "processing"
        basis = ("--basis", "entrustment", "--reference", "test contract 1")
        step(
            "seal",
            made.at_home(town, "municipality", "seal", files["table.csv"], "--schema", files["schema.toml"], *basis),
        )
        step("send", made.at_home(town, "municipality", "send"))
        step("pull", made.at_home(desk, "processing", "pull"))
        policy = ("--operator", "kakou", "--policy", files["policy.toml"])
        step("run", made.at_home(desk, "processing", "run", CASE, *policy))
        step("seal again", made.at_home(desk, "processing", "seal", CASE, "--recipient", BUSINESS))
        step("request", made.at_home(desk, "release", "request", CASE, "--operator", "kakou"))
        for person in PEOPLE:
            key = made.folder / "people" / person / "approver.pem"
            step(person, made.at_home(desk, "release", "approve", CASE, "--person", person, "--key", key))
        step("push", made.at_home(desk, "processing", "push", CASE, "--wait", "30"))
        step("open", made.at_home(f"recipient-{BUSINESS}", "recipient", "open", CASE))
        yield made, said


@pytest.mark.requirement("B01", "B02", "B04", "B06", "B07", "B08", "B15", "F12")
def test_a_table_goes_the_whole_way_between_machines_that_stand_apart(walked):
    made, said = walked
    assert "delivered and acknowledged" in said["push"].out
    opened = list((made.home(f"recipient-{BUSINESS}") / "opened").rglob("table.csv"))
    assert len(opened) == 1
    assert opened[0].read_bytes().count(b"\n") > 50


@pytest.mark.requirement("B02", "B04", "B08", "B15")
def test_the_rules_counted_one_kind_of_connection_on_each_line_and_refused_none(walked):
    made, _ = walked
    counted = {name: made.counted(name) for name in ("gateway-in", *ZONES, "gateway-out")}
    refused = {
        name: {key: count for key, count in found.items() if key.endswith(("_refused", "_cap")) and count}
        for name, found in counted.items()
    }
    assert refused == {name: {} for name in counted}
    begun = {
        name: {key for key, count in found.items() if key.endswith("_new") and count} for name, found in counted.items()
    }
    assert begun == {
        "gateway-in": {"senders_new"},
        "receiving": {"senders_new", "pull_new"},
        "processing": {"pull_new", "push_new"},
        "delivery": {"push_new", "deliver_new"},
        "gateway-out": {"deliver_new"},
    }


@pytest.mark.requirement("B02", "B04")
def test_every_layer_of_the_process_lock_was_to_be_had_on_the_machines_apart(walked):
    made, _ = walked
    assert {name: made.said(name) for name in ("receiving", "delivery")} == {"receiving": "", "delivery": ""}


@pytest.mark.requirement("B02", "B04")
def test_who_hears_has_a_network_of_its_own_and_only_the_deliverer_has_that_of_its_machine(walked):
    made, _ = walked

    def alone(name, pid):
        own = made.network.run(made.site.named(name), "readlink", "/proc/self/ns/net").strip()
        return str(Path(f"/proc/{pid}/ns/net").readlink()) != own

    (receiving,) = family(made.servers["receiving"].pid)
    intake, keeper, deliverer = family(made.servers["delivery"].pid)
    assert alone("receiving", receiving)
    assert alone("delivery", intake)
    assert (alone("delivery", keeper), alone("delivery", deliverer)) == (False, False)


@pytest.mark.requirement("B06", "B08", "E09")
@pytest.mark.parametrize("name", ["gateway-in", *ZONES, "gateway-out", "console"])
def test_with_every_role_at_work_the_check_of_a_machine_finds_nothing_that_differs(walked, name):
    made, _ = walked
    done = made.run(name, "site", "check", "/etc/sekisho/site.toml", "--as", name)
    assert (done.code, done.err) == (0, ""), done.out


@pytest.mark.requirement("E02", "E06")
def test_the_audit_of_the_three_machines_finds_every_story_whole(walked, tmp_path):
    made, _ = walked
    for zone in ZONES:
        (tmp_path / zone).mkdir()
        for part in ("ledger", "shelf"):
            source = made.root(zone) / "var/lib/sekisho" / part
            if source.is_dir():
                (tmp_path / zone / part).symlink_to(source)
        for part in ("settings.toml", "roster.json"):
            (tmp_path / zone / part).symlink_to(made.home(zone) / part)
    (tmp_path / "auditor").symlink_to(made.folder / "auditor")
    done = made.run("console", "audit", "run", tmp_path)
    assert done.code == 0, done.out + done.err
    assert CASE in done.out


@pytest.mark.requirement("B01", "B08", "E09")
def test_no_role_starts_and_no_parcel_is_fetched_on_a_machine_that_has_drifted(walked):
    made, _ = walked
    made.stop("receiving")
    drifts = {
        "receiving": ("nft add rule inet sekisho input accept", "rule-added", ("receiving", "serve")),
        "processing": ("ip route add default via 10.61.3.1", "route-default", ("processing", "pull")),
    }
    for name, (drift, kind, words) in drifts.items():
        before = made.run("processing", "processing", "cases", "--home", "/etc/sekisho").out
        made.network.run(made.site.named(name), *drift.split())
        done = made.at_home(name, *words)
        assert (done.code, "[site.drifted]" in done.err, kind in done.err) == (4, True, True), done.err
        assert made.run("processing", "processing", "cases", "--home", "/etc/sekisho").out == before
        declare_from_files(made.network, made.site.named(name), made.root(name))
    made.start("receiving", "receiving")
    assert made.at_home("processing", "processing", "pull").code == 0


@pytest.mark.requirement("B06")
def test_a_second_role_on_a_machine_is_refused_by_the_process_itself(walked):
    made, _ = walked
    root = made.root("receiving") / "etc"
    site = root / "sekisho" / "site.toml"
    trial = site.read_text(encoding="utf-8")
    site.write_text(trial.replace("trial = true\n", ""), encoding="utf-8")  # where all roles may stand on one machine
    made.stop("receiving")
    made.start("receiving", "receiving")
    made.stop("receiving")
    shutil.copytree(made.root("delivery") / "etc" / "sekisho", root / "second")
    (root / "second" / "site.toml").write_text(site.read_text(encoding="utf-8"), encoding="utf-8")
    settings = root / "second" / "settings.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("/etc/sekisho/site.toml", "/etc/second/site.toml"))
    done = made.run("receiving", "delivery", "serve", "--home", "/etc/second")
    assert (done.code, "[site.second-role]" in done.err) == (4, True), done.err
    shutil.rmtree(root / "second")
    made.start("receiving", "receiving")
