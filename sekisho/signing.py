"""Ed25519 keys that sign and check statements (RFC 8032; on the CRYPTREC list as EdDSA)."""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sekisho.digest import digest_of
from sekisho.errors import Malformed, Reason, Tampered
from sekisho.statement import read_base64, write_base64


@dataclass(frozen=True)
class Ed25519Verifier:
    """A public key; `key_id` is the SHA-256 of its 32 raw bytes."""

    key: Ed25519PublicKey

    @property
    def key_id(self) -> str:
        return str(digest_of(self.raw))

    @property
    def raw(self) -> bytes:
        return self.key.public_bytes(Encoding.Raw, PublicFormat.Raw)

    def verify(self, signature: bytes, message: bytes) -> None:
        try:
            self.key.verify(signature, message)
        except InvalidSignature as error:
            raise Tampered(Reason.STATEMENT_SIGNATURE, key_id=self.key_id) from error


@dataclass(frozen=True)
class Ed25519Signer:
    """A private key for statements."""

    key: Ed25519PrivateKey

    @property
    def verifier(self) -> Ed25519Verifier:
        return Ed25519Verifier(self.key.public_key())

    @property
    def key_id(self) -> str:
        return self.verifier.key_id

    def sign(self, message: bytes) -> bytes:
        return self.key.sign(message)


def write_public_key(verifier: Ed25519Verifier) -> str:
    """Give back the key's 32 bytes in base64, as rosters and settings hold it."""
    return write_base64(verifier.raw)


def read_public_key(text: object) -> Ed25519Verifier:
    raw = read_base64(text)
    if len(raw) != 32:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="public key")
    return Ed25519Verifier(Ed25519PublicKey.from_public_bytes(raw))
