"""What processing hands to delivery, made by hand with the keys of a trial site: parcels, permits, proofs."""

import io
import secrets
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

from sekisho.digest import digest_of
from sekisho.journey import Event, Zone
from sekisho.ledger.entry import Entry
from sekisho.lines.bundle import write_bundle
from sekisho.lines.client import Line, upload
from sekisho.lines.tls import Credentials, server_context
from sekisho.parcel.draft import LabelDraft, LegalBasis, LegalBasisKind, Tool
from sekisho.parcel.key import Recipient
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.parcel.seal import FileToSeal, seal
from sekisho.release.assertion import SoftwareApprover
from sekisho.release.dossier import SealedParcel
from sekisho.release.permit import PermitDraft, write_permit
from sekisho.release.roster import check_roster
from sekisho.storage.book import Book
from sekisho.storage.keys import read_approver_key, read_signing_key
from sekisho.storage.settings import ProcessingSettings, read_settings
from tests.journey.trial_site import TrialSite

ROLE = "recipient-riyou"
PATIENCE_SECONDS = 30


def moment():
    return datetime.now(UTC)  # noqa: TID251 - real processes, real time


def wait_for(found, why, seconds=PATIENCE_SECONDS):
    """Give back what `found` gives back once it is true; a bound, not a hope."""
    limit = monotonic() + seconds
    while not (value := found()):
        assert monotonic() < limit, why
        sleep(0.02)
    return value


@dataclass(frozen=True)
class Made:
    """A sealed parcel in memory."""

    raw: bytes

    @property
    def head(self):
        return self.raw[:HEAD_BYTES]

    @property
    def sealed(self):
        return SealedParcel(digest_of(self.raw), len(self.raw))


@dataclass
class Outgoing:
    """Processing's side of a trial site, without its work."""

    site: TrialSite

    @cached_property
    def roster(self):
        settings = read_settings(self.site.home("processing") / "settings.toml", ProcessingSettings)
        return check_roster(settings.site.roster.read_bytes(), settings.site.founders, moment())

    @property
    def shelf(self):
        return self.site.home("delivery") / "shelf"

    @property
    def inbox(self):
        return self.site.home(ROLE) / "inbox"

    def parcel(self, number, content=b"a,b\n1,2\n"):
        """Give back a parcel that processing sealed for the recipient."""
        recipient = self.roster.recipient("riyou")
        now, out = moment(), io.BytesIO()
        draft = LabelDraft(
            "processing", number, now, now - timedelta(minutes=5), now + timedelta(days=300),
            LegalBasis(LegalBasisKind.LAW, "test"), digest_of(b"schema"), 1, Tool("sekisho", "0"),
        )  # fmt: skip
        files = [FileToSeal("table.csv", "text/csv", len(content), io.BytesIO(content))]
        signer = read_signing_key(self.site.home("processing") / "keys" / "label.pem")
        seal(files, draft, [Recipient("riyou", recipient.parcel_key)], signer, out, secrets.token_bytes)
        return Made(out.getvalue())

    def draft(self, case, made, **changes):
        recipient, now = self.roster.recipient("riyou"), moment()
        draft = PermitDraft(
            case=case, dossier=digest_of(b"dossier"), parcel=made.sealed, recipient=recipient.addressee,
            contract=recipient.contract.id, operator="kakou", site=self.roster.site.id, trial=True,
            roster_version=self.roster.version, not_before=now - timedelta(minutes=5),
            not_after=now + timedelta(days=2), nonce=secrets.token_bytes(16),
        )  # fmt: skip
        return replace(draft, **changes)

    def sign(self, draft, *people):
        """Give back the permit with the assertions of these people of the roster."""
        signed = []
        for name in people:
            credential = self.roster.person(name).credential
            approver = SoftwareApprover(read_approver_key(self.site.key(name)), credential.id, self.roster.site)
            signed.append(approver.sign(draft))
        return write_permit(draft, signed)

    def permit(self, case, made, **changes):
        return self.sign(self.draft(case, made, **changes), "shinsa", "anzen")

    def proof(self, case, permit, event=Event.HANDED_OVER, place="processing", folder="ledger"):
        """Give back the proof that a ledger says so; `folder` other than processing's own makes a ledger beside it."""
        key = read_signing_key(self.site.home(place) / "keys" / "ledger.pem")
        origin = self.roster.processing.ledger.origin
        facts = {"permit_envelope_sha256": str(digest_of(permit))}
        with Book.open(self.site.home("processing") / folder, origin, key) as book:
            index = book.append(Entry(moment(), Zone.PROCESSING.value, case, event.value, facts)).index
            return book.proof(index)

    def opening(self, case, made, permit, proof=None):
        proven = self.proof(case, permit) if proof is None else proof
        return write_bundle({"head": made.head, "permit": permit, "proof": proven})

    def line(self, role="processing"):
        tls = self.site.home(role) / "tls"
        settings = read_settings(self.site.home("processing") / "settings.toml", ProcessingSettings)
        peer = settings.peers.delivery
        names = Credentials(tls / "certificate.pem", tls / "key.pem", tls / "authority.pem")
        return Line(peer.host, peer.port, peer.name, names, timeout_seconds=20)

    def push(self, opening, made, role="processing"):
        """Give back delivery's answer to an upload."""
        line = self.line(role)
        try:
            return upload(line, opening, io.BytesIO(made.raw), len(made.raw))
        finally:
            line.close()

    def hand_over(self, case, made, **changes):
        """Push a parcel with a good permit; give back the permit."""
        permit = self.permit(case, made, **changes)
        self.push(self.opening(case, made, permit), made)
        return permit

    def events(self, case):
        return [one["event"] for one in self.site.events("delivery") if one["case"] == case]

    def ended(self, case, seconds=PATIENCE_SECONDS):
        """Give back the events of a case once it was acknowledged or refused."""
        ends = {"Acknowledged", "Refused"}
        wait_for(lambda: ends & set(self.events(case)), f"{case} did not end: {self.events(case)}", seconds)
        return self.events(case)


def child_of(process):
    """Give back the process id of the deliverer under an intake, once there is one: the child of who keeps it running."""

    def under(pid):
        children = Path(f"/proc/{pid}/task").glob("*/children")
        return [int(text) for one in children for text in one.read_text().split()]

    def found():
        return next((deliverer for keeper in under(process.pid) for deliverer in under(keeper)), 0)

    return wait_for(found, "no deliverer")


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Listener(ThreadingHTTPServer):
    """A server that speaks TLS only, and counts who called; `asked` are the paths that came through."""

    allow_reuse_address = True
    daemon_threads = False

    def __init__(self, address, speaker, context):
        self.greeted, self.asked, self.context = 0, [], context
        super().__init__(address, speaker)

    def get_request(self):
        plain, address = super().get_request()
        self.greeted += 1
        plain.settimeout(5)
        try:
            return self.context.wrap_socket(plain, server_side=True), address
        except OSError:
            plain.close()
            raise

    def handle_error(self, *_):
        pass


def speaker(answer):
    """Give back what answers every call with the status and body that `answer(path)` gives."""

    class Speaker(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.server.asked.append(self.path)
            status, body = answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_PATCH = do_POST  # noqa: N815 - the name is the library's

        def log_message(self, *_):
            pass

    return Speaker


@contextmanager
def fake_recipient(outgoing, answer, role=ROLE):
    """Listen where the recipient should, with the certificate of `role`."""
    tls = outgoing.site.home(role) / "tls"
    context = server_context(Credentials(tls / "certificate.pem", tls / "key.pem", tls / "authority.pem"))
    endpoint = outgoing.roster.recipient("riyou").endpoint
    server = Listener((endpoint.host, endpoint.port), speaker(answer), context)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def facts_of(site, event):
    """Give back the facts of delivery's entries of one kind."""
    return [one["facts"] for one in site.events("delivery") if one["event"] == event]
