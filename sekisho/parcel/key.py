"""The public half of a recipient's key, and who a parcel is for (spec/parcel.md 5)."""

from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM1024PublicKey

from sekisho.digest import digest_of
from sekisho.errors import Malformed, Reason
from sekisho.statement import check_fields, read_base64, read_canonical, write_base64, write_canonical

MLKEM1024_BYTES = 1568  # FIPS 203 table 3
P384_BYTES = 97  # SEC 1 2.3.3, uncompressed


@dataclass(frozen=True)
class Addressee:
    """For whom a parcel is: the recipient's id in the roster and the id of one of its keys."""

    id: str
    key_id: str


@dataclass(frozen=True)
class RecipientPublicKey:
    """The ML-KEM-1024 part and the P-384 part, 1568 + 97 bytes; made by `read_*` or by the private key."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != MLKEM1024_BYTES + P384_BYTES:
            raise ValueError("a recipient's public key has 1665 bytes")

    @property
    def key_id(self) -> str:
        return str(digest_of(self.raw))

    @property
    def mlkem1024(self) -> MLKEM1024PublicKey:
        return MLKEM1024PublicKey.from_public_bytes(self.raw[:MLKEM1024_BYTES])

    @property
    def p384(self) -> EllipticCurvePublicKey:
        return EllipticCurvePublicKey.from_encoded_point(SECP384R1(), self.raw[MLKEM1024_BYTES:])


@dataclass(frozen=True)
class Recipient:
    """One for whom a parcel is sealed."""

    id: str
    key: RecipientPublicKey

    @property
    def addressee(self) -> Addressee:
        return Addressee(self.id, self.key.key_id)


def recipient_key_value(key: RecipientPublicKey) -> dict[str, str]:
    """Give back the key as a JSON value, as rosters hold it."""
    return {"mlkem1024": write_base64(key.raw[:MLKEM1024_BYTES]), "p384": write_base64(key.raw[MLKEM1024_BYTES:])}


def check_recipient_key(value: Any) -> RecipientPublicKey:
    """Give back the key that a JSON value holds; refuses wrong lengths and points that are not on the curve."""
    fields = check_fields(value, mlkem1024=str, p384=str)
    mlkem1024, p384 = read_base64(fields["mlkem1024"]), read_base64(fields["p384"])
    if len(mlkem1024) != MLKEM1024_BYTES or len(p384) != P384_BYTES:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="recipient key")
    key = RecipientPublicKey(mlkem1024 + p384)
    try:
        _ = key.mlkem1024, key.p384
    except ValueError as error:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="recipient key") from error
    return key


def write_recipient_key(key: RecipientPublicKey) -> bytes:
    """Give back the key as a file: canonical JSON."""
    return write_canonical(recipient_key_value(key))


def read_recipient_key(raw: bytes) -> RecipientPublicKey:
    return check_recipient_key(read_canonical(raw))
