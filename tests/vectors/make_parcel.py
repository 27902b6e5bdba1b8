"""Makes tests/vectors/parcel: `python -m tests.vectors.make_parcel`.

Key encapsulation draws on the generator of `cryptography`, so the parcels differ from run to run; what they prove, that
openers open these and refuse those, does not. Run it when the format changes, and commit what it made.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sekisho.instant import write_instant
from sekisho.parcel.key import write_recipient_key
from sekisho.parcel.layout import HEAD_BYTES, SEGMENT_BYTES, segment_nonce
from sekisho.parcel.private_key import write_private_key
from sekisho.parcel.wrapping import payload_key
from sekisho.signing import write_public_key
from tests.unit.parcel.parcels import (
    FILE_KEY,
    KEY,
    NONCE,
    NOW,
    OTHER_KEY,
    OTHER_SIGNER,
    PROCESSING,
    SCHEMA,
    SECOND,
    SIGNER,
    TABLE,
    contents_of,
    draft,
    flipped,
    forged,
    resigned,
    sealed,
    statement_in,
)

FOLDER = Path(__file__).parent / "parcel"
FILES = {"table.csv": TABLE, "schema.toml": SCHEMA}
RELEASE = {"table.csv": TABLE, "schema.json": SCHEMA, "report.json": b"{}", "report.html": b"<p>", "terms.json": b"{}"}
LONG = {"table.csv": hashlib.shake_256(b"table").digest(SEGMENT_BYTES)}


@dataclass(frozen=True)
class Case:
    """One vector: what an opener with `key` at `now` makes of `parcel`."""

    name: str
    expect: str
    comment: str
    parcel: bytes
    files: dict[str, bytes] = field(default_factory=dict)
    key: str = "processing.pem"
    recipient: str = "processing"
    now: str = write_instant(NOW)

    def text(self) -> str:
        lines = [
            f"expect: {self.expect}",
            f"comment: {self.comment}",
            "source: spec/parcel.md, tests/vectors/make_parcel.py",
        ]
        lines += [f"key: {self.key}", f"recipient: {self.recipient}", f"now: {self.now}"]
        lines += [f"file: {name} {hashlib.sha256(raw).hexdigest()}" for name, raw in self.files.items()]
        return "\n".join(lines) + "\n"


def opening() -> Iterator[Case]:
    yield Case("opens-one-file", "opens", "a table and its schema", sealed(FILES), FILES)
    yield Case("opens-five-files", "opens", "what a recipient gets", sealed(RELEASE), RELEASE)
    yield Case(
        "opens-empty-table", "opens", "a file of no bytes", sealed({"table.csv": b""}, rows=0), {"table.csv": b""}
    )
    two = sealed(FILES, recipients=[PROCESSING, SECOND])
    yield Case("opens-for-the-second", "opens", "two recipients; the second opens", two, FILES, "second.pem", "second")
    yield Case("opens-two-segments", "opens", "1 MiB and some: a segment that is not the last", sealed(LONG), LONG)


def refused() -> Iterator[Case]:
    good, size = sealed(FILES), int.from_bytes(sealed(FILES)[8:12], "big")
    end = write_instant(draft().valid_until)
    yield Case("wrong-key", "parcel.wrong-key", "the id is right, the key is another", good, key="second.pem")
    yield Case(
        "wrong-recipient", "parcel.wrong-recipient", "for somebody else", good, key="second.pem", recipient="second"
    )
    yield Case("expired", "parcel.expired", "opened at the first second that is too late", good, now=end)
    yield Case("not-yet-valid", "parcel.not-yet-valid", "opened too early", good, now="2026-11-22T23:59:59Z")
    yield Case("magic", "parcel.malformed", "the first bit flipped", flipped(good, 0, 7))
    yield Case("padding", "parcel.malformed", "the last bit of the head flipped", flipped(good, HEAD_BYTES - 1))
    yield Case(
        "length", "parcel.malformed", "the length says one less", good[:8] + (size - 1).to_bytes(4, "big") + good[12:]
    )
    yield Case("cut-head", "parcel.truncated", "the head lacks its last byte", good[: HEAD_BYTES - 1])
    yield Case("cut-payload", "parcel.truncated", "the payload lacks its last byte", good[:-1])
    yield Case("longer", "parcel.size", "a byte stands behind the last segment", good + b"\0")
    yield Case("payload", "parcel.tampered", "a bit of the payload flipped", flipped(good, HEAD_BYTES + 5))
    yield Case("tag", "parcel.tampered", "the last bit flipped", flipped(good, len(good) - 1))


def signed_but_false() -> Iterator[Case]:
    good = sealed(FILES)
    theirs = resigned(good, by=OTHER_SIGNER, sender="midori", sender_key_id=OTHER_SIGNER.key_id)
    yield Case("signed-by-another", "parcel.tampered", "another sender signed the label as his own", theirs)
    other = resigned(good, by=OTHER_SIGNER, sender_key_id=OTHER_SIGNER.key_id)
    yield Case("sender-of-another-key", "line.sender-unknown", "signed by midori, says minato", other)
    yield Case("unknown-field", "parcel.malformed", "a field that v1 does not have", resigned(good, comment="x"))
    yield Case("number-zero", "parcel.malformed", "numbers begin at 1", resigned(good, number=0))
    yield Case(
        "later-date",
        "parcel.tampered",
        "dates moved and signed anew",
        resigned(good, valid_until="2030-01-01T00:00:00Z"),
    )
    swapped = statement_in(good)["recipients"][0] | {"id": "second"}
    yield Case(
        "renamed-recipient", "parcel.tampered", "the recipient renamed and signed anew", resigned(good, recipients=[swapped]),
        recipient="second",
    )  # fmt: skip


def lying_senders() -> Iterator[Case]:
    contents = contents_of(FILES)
    not_last = AESGCM(payload_key(FILE_KEY, NONCE)).encrypt(segment_nonce(0, last=False), contents, None)
    yield Case(
        "not-marked-last",
        "parcel.tampered",
        "the last segment has the nonce of a middle one",
        forged(contents, [not_last]),
    )
    yield Case("rows", "parcel.contents", "label and tail count other rows", forged(contents_of(FILES, rows=2)))
    yield Case("path", "parcel.contents", "a file named ../table.csv", forged(contents_of({"../table.csv": TABLE})))
    yield Case(
        "schema", "parcel.contents", "another schema than the label's", forged(contents_of({"schema.toml": b""}))
    )
    yield Case("behind-the-tail", "parcel.contents", "a byte behind the tail record", forged(contents + b"\0"))
    commitment = "A" * 43 + "="
    yield Case(
        "commitment", "parcel.tampered", "a file key of its own for one", forged(contents, key_commitment=commitment)
    )


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    (FOLDER / "processing.pem").write_bytes(write_private_key(KEY))
    (FOLDER / "second.pem").write_bytes(write_private_key(OTHER_KEY))
    (FOLDER / "processing.json").write_bytes(write_recipient_key(KEY.public_key))
    (FOLDER / "second.json").write_bytes(write_recipient_key(OTHER_KEY.public_key))
    senders = {"minato": SIGNER, "midori": OTHER_SIGNER}
    lines = [f"{name} {write_public_key(one.verifier)}\n" for name, one in senders.items()]
    (FOLDER / "senders").write_text("".join(lines))
    for case in (*opening(), *refused(), *signed_but_false(), *lying_senders()):
        (FOLDER / f"{case.name}.txt").write_text(case.text())
        (FOLDER / f"{case.name}.parcel").write_bytes(case.parcel)


if __name__ == "__main__":
    main()
