"""The private half of a recipient's key: whoever imports this file may open parcels (spec/parcel.md 5)."""

import re
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM1024PrivateKey
from cryptography.hazmat.primitives.hpke import MLKEM1024P384PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from sekisho.errors import Malformed, Reason, Tampered
from sekisho.parcel.key import RecipientPublicKey
from sekisho.parcel.wrapping import HPKE

_TWO_BLOCKS = re.compile(rb"(-----BEGIN PRIVATE KEY-----\n[^-]+-----END PRIVATE KEY-----\n){2}")
_END = b"-----END PRIVATE KEY-----\n"


@dataclass(frozen=True)
class RecipientKey:
    """A pair of private keys; neither part is ever shown."""

    mlkem1024: MLKEM1024PrivateKey = field(repr=False)
    p384: EllipticCurvePrivateKey = field(repr=False)

    @property
    def public_key(self) -> RecipientPublicKey:
        point = self.p384.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return RecipientPublicKey(self.mlkem1024.public_key().public_bytes_raw() + point)

    @property
    def key_id(self) -> str:
        return self.public_key.key_id


def make_recipient_key() -> RecipientKey:
    """Give back a fresh pair, drawn from the generator of `cryptography`."""
    return RecipientKey(MLKEM1024PrivateKey.generate(), generate_private_key(SECP384R1()))


def write_private_key(key: RecipientKey) -> bytes:
    """Give back two unencrypted PKCS#8 blocks (RFC 5958), ML-KEM-1024 seed first: for a file only its owner may read."""
    return b"".join(
        part.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) for part in (key.mlkem1024, key.p384)
    )


def read_private_key(raw: bytes) -> RecipientKey:
    """Give back the pair; refuses other keys, another order and anything beside the two blocks."""
    if not _TWO_BLOCKS.fullmatch(raw):
        raise Malformed(Reason.STATEMENT_MALFORMED, field="recipient key")
    first, second, _ = raw.split(_END)
    try:
        parts = load_pem_private_key(first + _END, None), load_pem_private_key(second + _END, None)
    except (ValueError, TypeError) as error:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="recipient key") from error
    match parts:
        case (MLKEM1024PrivateKey() as mlkem1024, EllipticCurvePrivateKey() as p384) if p384.curve.name == "secp384r1":
            return RecipientKey(mlkem1024, p384)
        case _:
            raise Malformed(Reason.STATEMENT_MALFORMED, field="recipient key")


def unwrap(key: RecipientKey, wrapped: bytes, info: bytes) -> bytes:
    """Give back the file key; `Tampered` unless it was wrapped for this key under this very label."""
    try:
        return HPKE.decrypt(wrapped, MLKEM1024P384PrivateKey(key.mlkem1024, key.p384), info)
    except InvalidTag as error:
        raise Tampered(Reason.PARCEL_TAMPERED, part="wrapped key") from error
