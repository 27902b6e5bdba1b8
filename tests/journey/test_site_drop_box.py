"""A real session with the rendered drop box: stock sshd and sftp, in a network namespace (spec/site.md 4.5)."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sekisho.site.plan.reading import read_site
from tests.journey.drop_box import Box, box_of
from tests.journey.raw_line import wait_for

SITE = read_site(Path("examples/site/site.toml").read_bytes())
NEEDED = ("ip", "unshare", "setpriv", "sshd", "ssh-keygen", "sftp", "systemd-sysusers", "systemd-tmpfiles")
LACKING = [one for one in NEEDED if shutil.which(one) is None] + ([] if os.geteuid() == 0 else ["root"])
MISSING = "" if os.environ.get("CI") else ", ".join(LACKING)
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"the drop box needs {MISSING}")
SIZE_BYTES = 3_000_000
CAPABILITIES = (6, 7, 18, 29)  # SETGID, SETUID, SYS_CHROOT, AUDIT_WRITE


@pytest.fixture(scope="module")
def box(tmp_path_factory) -> Iterator[Box]:
    with box_of(SITE, tmp_path_factory.mktemp("box")) as made:
        yield made


@pytest.fixture(scope="module")
def put(box: Box) -> bytes:
    """What lies in the drop box as `there`."""
    raw = os.urandom(SIZE_BYTES)
    (box.folder / "town" / "there").write_bytes(raw)
    assert box.sftp("put there").returncode == 0
    return raw


def test_what_a_town_puts_lies_there_byte_for_byte_and_nobody_else_can_read_it(box: Box, put: bytes):
    there = box.taken("there")
    assert there.read_bytes() == put
    assert there.stat().st_mode & 0o777 == 0o600


def test_a_put_that_was_cut_goes_on_and_is_whole_in_the_end(box: Box):
    raw = os.urandom(2 * SIZE_BYTES)
    (box.folder / "town" / "cut").write_bytes(raw)
    killed = box.sftp("put cut", "-l", "8000", kill_after=2.5)  # a megabyte a second
    assert killed.returncode != 0
    begun = box.taken("cut").stat().st_size
    assert 0 < begun < len(raw)
    done = box.sftp("reput cut")
    assert (done.returncode, done.stderr) == (0, "")
    assert box.taken("cut").read_bytes() == raw


@pytest.mark.requirement("B02", "B05")
@pytest.mark.parametrize(
    "command",
    [
        "ls",
        "ls /",
        "get there back",
        "reget there back",
        "rm there",
        "rename there elsewhere",
        "mkdir folder",
        "rmdir /in",
        "chmod 777 there",
        "ln -s there second",
        "put there /second",
        "put there ../second",
    ],
)
def test_nothing_but_putting_is_allowed(box: Box, put: bytes, command: str):
    done = box.sftp(command)
    assert "Permission denied" in done.stderr
    assert done.stdout.splitlines() == [f"sftp> {command}"]  # what was asked, and no answer
    assert [one.name for one in box.taken("").parent.iterdir()] == ["in"]
    assert box.taken("there").read_bytes() == put
    assert not (box.folder / "town" / "back").exists() or not (box.folder / "town" / "back").read_bytes()


@pytest.mark.parametrize(
    ("command", "what"), [("cp there second", "copy-data"), ("ln there second", "hardlink"), ("df", "statvfs")]
)
def test_what_sftp_has_beyond_its_calls_is_not_offered(box: Box, put: bytes, command: str, what: str):
    done = box.sftp(command)
    assert done.returncode == 1
    assert what in done.stderr
    assert box.taken("there").read_bytes() == put


@pytest.mark.requirement("B02")
@pytest.mark.parametrize(
    "words",
    [
        ("drop-box", "id"),
        ("-W", "127.0.0.1:2222", "drop-box"),
        ("-o", "ExitOnForwardFailure=yes", "-N", "-R", "7777:127.0.0.1:2222", "drop-box"),
        ("-o", "Tunnel=ethernet", "-o", "ExitOnForwardFailure=yes", "-N", "-w", "0:0", "drop-box"),
    ],
)
def test_it_gives_no_shell_and_leads_nowhere_else(box: Box, words: tuple[str, ...]):
    done = box.client("ssh", *words, kill_after=10)
    assert done.returncode != 0
    assert "uid=" not in done.stdout


@pytest.mark.parametrize("key", ["stranger", "bare"])
def test_who_has_no_certificate_of_the_sites_authority_gets_nowhere(box: Box, put: bytes, key: str):
    town = box.folder / "town"
    own = (town / "config").read_text()
    if key == "stranger":  # a certificate, with the same name in it, of somebody else
        other = own.replace("IdentityFile key", "IdentityFile stranger").replace("key-cert.pub", "stranger-cert.pub")
    else:
        shutil.copy(town / "key", town / "bare")
        other = own.replace("IdentityFile key", "IdentityFile bare").replace("  CertificateFile key-cert.pub\n", "")
    (town / f"{key}.config").write_text(other)
    done = box.client("sftp", "-F", f"{key}.config", "-b", "-", "drop-box", given="put there another")
    assert (done.returncode, "Permission denied (publickey)" in done.stderr) == (255, True), done.stderr
    assert not box.taken("another").exists()


@pytest.mark.requirement("B02")
def test_the_server_of_a_connection_has_an_empty_network_and_few_capabilities(box: Box):
    (box.folder / "town" / "slow").write_bytes(bytes(SIZE_BYTES))
    with box.putting("slow"):
        wait_for(lambda: box.taken("slow").exists(), "the file")
        servers = box.servers()
        assert len(servers) >= 2  # root's, and the town's
        for one in servers:
            cards = (one / "net" / "dev").read_text().splitlines()[2:]
            assert [card.split(":")[0].strip() for card in cards] == ["lo"]
            assert not (one / "net" / "route").read_text().splitlines()[1:]
            told = dict(line.split(":\t", 1) for line in (one / "status").read_text().splitlines() if ":\t" in line)
            assert told["NoNewPrivs"] == "1"
            assert int(told["CapBnd"], 16) == sum(1 << number for number in CAPABILITIES)
