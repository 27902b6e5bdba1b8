"""How a file key is wrapped for a recipient, and what is derived from it (spec/parcel.md 4)."""

from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM1024P384PublicKey, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sekisho.parcel.key import RecipientPublicKey

HPKE = Suite(KEM.MLKEM1024_P384, KDF.HKDF_SHA384, AEAD.AES_256_GCM)
FILE_KEY_BYTES = 32
NONCE_BYTES = 32
WRAPPED_BYTES = 1568 + 97 + FILE_KEY_BYTES + 16  # both encapsulations, the file key, the tag


def wrap(key: RecipientPublicKey, file_key: bytes, info: bytes) -> bytes:
    """Give back the file key wrapped for one recipient, bound to `info`; draws on the generator of `cryptography`."""
    return HPKE.encrypt(file_key, MLKEM1024P384PublicKey(key.mlkem1024, key.p384), info)


def payload_key(file_key: bytes, nonce: bytes) -> bytes:
    return _derive(file_key, nonce, b"sekisho/parcel/v1 payload")


def key_commitment(file_key: bytes, nonce: bytes) -> bytes:
    """Give back what stands in the label, so that no two recipients can be given different file keys."""
    return _derive(file_key, nonce, b"sekisho/parcel/v1 commitment")


def _derive(file_key: bytes, nonce: bytes, info: bytes) -> bytes:
    return HKDF(SHA384(), 32, nonce, info).derive(file_key)
