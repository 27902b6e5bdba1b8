"""What a hostile or broken caller does: parcels of its own making, and calls byte by byte."""

import contextlib
import http.client
import io
import json
import secrets
import ssl
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sekisho.cli.clock import now
from sekisho.digest import digest_of
from sekisho.parcel.draft import LabelDraft, LegalBasis, LegalBasisKind, Tool
from sekisho.parcel.key import Recipient
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.parcel.seal import FileToSeal, seal
from sekisho.release.roster import Roster, check_roster
from sekisho.signing import read_public_key
from sekisho.storage.keys import read_signing_key
from tests.journey.trial_site import SCHEMA, TOWN, TrialSite, table

OTHER_TOWN = "011002"
TWO_TOWNS = ("--municipality", f"{TOWN}=甲市", "--municipality", f"{OTHER_TOWN}=乙市")
BOUND_SECONDS = 20.0
PIECE_BYTES = 16 * 1024 * 1024
NOW = now()  # the trial's clocks are real
HOUR = timedelta(hours=1)


def wait_for(ready: Callable[[], Any], what: str) -> Any:
    """Give back what `ready` gives as soon as it is true."""
    limit = time.monotonic() + BOUND_SECONDS
    while not (found := ready()):
        assert time.monotonic() < limit, f"{what}: not within {BOUND_SECONDS} s"
        time.sleep(0.01)
    return found


def settings_of(trial: TrialSite, role: str) -> dict[str, Any]:
    return tomllib.loads((trial.home(role) / "settings.toml").read_text(encoding="utf-8"))


def roster_of(trial: TrialSite) -> Roster:
    first, second = settings_of(trial, "receiving")["site"]["founders"]
    founders = (read_public_key(first), read_public_key(second))
    return check_roster((trial.home("receiving") / "roster.json").read_bytes(), founders, now())


@dataclass(frozen=True)
class Made:
    """A parcel as bytes, and the name of its upload."""

    raw: bytes
    upload: str

    @property
    def head(self) -> bytes:
        return self.raw[:HEAD_BYTES]


def make_parcel(
    trial: TrialSite,
    number: int,
    *,
    sender: str = TOWN,
    signed_by: str = "",
    recipient: Recipient | None = None,
    valid_from: datetime = NOW - HOUR,
    valid_until: datetime = NOW + HOUR,
    filler_bytes: int = 0,
) -> Made:
    """Give back a parcel sealed as the municipality's tool would, but with what a test wants to be wrong."""
    rows = table(3) + secrets.token_hex(filler_bytes // 2).encode()
    schema = SCHEMA.encode()
    draft = LabelDraft(
        sender=sender,
        number=number,
        made_at=valid_from,
        valid_from=valid_from,
        valid_until=valid_until,
        legal_basis=LegalBasis(LegalBasisKind.ENTRUSTMENT, "test contract 1"),
        schema_digest=digest_of(schema),
        rows=3,
        tool=Tool("sekisho", "test"),
    )
    files = [
        FileToSeal("table.csv", "text/csv", len(rows), io.BytesIO(rows)),
        FileToSeal("schema.toml", "application/toml", len(schema), io.BytesIO(schema)),
    ]
    key = read_signing_key(trial.home(f"municipality-{signed_by or sender}") / "keys" / "label.pem")
    to = recipient or Recipient("processing", roster_of(trial).processing.parcel_key)
    out = io.BytesIO()
    label = seal(files, draft, [to], key, out, secrets.token_bytes)
    return Made(out.getvalue(), label.digest.hex)


@dataclass(frozen=True)
class Answer:
    """Status, body and headers."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def reason(self) -> str:
        return str(json.loads(self.body)["reason"])

    @property
    def offset(self) -> int:
        return int(json.loads(self.body)["offset"])


@dataclass
class Caller:
    """A party with a certificate, calling one of receiving's ports and minding no rule."""

    trial: TrialSite
    role: str = f"municipality-{TOWN}"
    port: str = "senders"

    @property
    def address(self) -> tuple[str, int]:
        listen = settings_of(self.trial, "receiving")["listen"][self.port]
        return listen["host"], listen["port"]

    def context(self) -> ssl.SSLContext:
        tls = self.trial.home(self.role) / "tls"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.load_verify_locations(tls / "authority.pem")
        context.load_cert_chain(tls / "certificate.pem", tls / "key.pem")
        return context

    def ask(self, method: str, path: str, body: bytes = b"", **headers: object) -> Answer:
        connection = http.client.HTTPSConnection(*self.address, context=self.context(), timeout=BOUND_SECONDS)
        named = {name.replace("_", "-"): str(text) for name, text in headers.items()}
        with contextlib.closing(connection):
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(), {name.lower(): text for name, text in answer.getheaders()})

    def begin(self, made: Made) -> Answer:
        return self.ask("POST", "/uploads", made.head)

    def put(self, made: Made, raw: bytes, offset: int) -> Answer:
        return self.ask("PATCH", f"/uploads/{made.upload}", raw, Upload_Offset=offset)

    def finish(self, made: Made) -> Answer:
        return self.ask("POST", f"/uploads/{made.upload}/finish")

    def send(self, made: Made) -> Answer:
        """Give back the answer to the whole parcel in one piece."""
        begun = self.begin(made)
        if begun.status == 201:
            put = self.put(made, made.raw, 0)
            return put if put.status >= 400 else self.finish(made)
        return begun

    def put_and_cut(self, made: Made, offset: int, sent: bytes) -> None:
        """Begin, announce the next piece of the parcel from `offset` on, send so many bytes, and break the connection.

        The answer to the first call is read, so that what was sent still arrives: closing over unread bytes resets.
        """
        connection = http.client.HTTPSConnection(*self.address, context=self.context(), timeout=BOUND_SECONDS)
        with contextlib.closing(connection):
            connection.request("POST", "/uploads", made.head)
            connection.getresponse().read()
            connection.putrequest("PATCH", f"/uploads/{made.upload}")
            connection.putheader("Upload-Offset", str(offset))
            connection.putheader("Content-Length", str(min(len(made.raw) - offset, PIECE_BYTES)))
            connection.endheaders(sent)

    def free_offset(self, made: Made) -> int:
        """Give back where the upload goes on, once receiving has let go of what was cut."""
        return wait_for(lambda: begun if (begun := self.begin(made)).status == 201 else None, "still held").offset


def tail(trial: TrialSite) -> dict[str, Any]:
    """Give back the last entry of receiving's ledger."""
    return trial.events("receiving")[-1]


def shelf(trial: TrialSite) -> list[str]:
    return sorted(path.name for path in (trial.home("receiving") / "shelf").iterdir())


def parts(trial: TrialSite) -> list[str]:
    """Give back the unfinished uploads by name."""
    return sorted(path.name for path in (trial.home("receiving") / "parts").glob("*.part"))
