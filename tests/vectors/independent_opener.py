"""A second opener, written from spec/parcel.md and the RFCs alone: it uses nothing of `sekisho` and no ready HPKE.

python -m tests.vectors.independent_opener PARCEL PRIVATE_KEY_PEM FOLDER

It checks no date and no roster; it trusts the sender's key that it is given, if it is given one.
"""

import base64
import hashlib
import hmac
import json
import struct
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP384R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM1024PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

SEGMENT = 1_048_576
KEM, KDF, AEAD = 0x0051, 0x0002, 0x0002
HPKE_SUITE = b"HPKE" + struct.pack(">HHH", KEM, KDF, AEAD)


def hkdf_extract(salt: bytes, secret: bytes) -> bytes:
    return hmac.digest(salt or bytes(48), secret, "sha384")  # RFC 5869 2.2


def hkdf_expand(key: bytes, info: bytes, length: int) -> bytes:
    block, out, counter = b"", b"", 1  # RFC 5869 2.3
    while len(out) < length:
        block = hmac.digest(key, block + info + bytes([counter]), "sha384")
        out, counter = out + block, counter + 1
    return out[:length]


def labeled_extract(salt: bytes, label: bytes, secret: bytes) -> bytes:
    return hkdf_extract(salt, b"HPKE-v1" + HPKE_SUITE + label + secret)  # RFC 9180 4


def labeled_expand(key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    return hkdf_expand(key, struct.pack(">H", length) + b"HPKE-v1" + HPKE_SUITE + label + info, length)


def shared_secret(pq: MLKEM1024PrivateKey, ec: EllipticCurvePrivateKey, enc: bytes) -> bytes:
    """draft-irtf-cfrg-concrete-hybrid-kems, MLKEM1024-P384: SHA3-256(ss_PQ || ss_T || ct_T || ek_T || label)."""
    ct_pq, ct_t = enc[:1568], enc[1568:]
    ss_t = ec.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP384R1(), ct_t))
    ek_t = ec.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return hashlib.sha3_256(pq.decapsulate(ct_pq) + ss_t + ct_t + ek_t + b"MLKEM1024-P384").digest()


def hpke_open(pq: MLKEM1024PrivateKey, ec: EllipticCurvePrivateKey, sealed: bytes, info: bytes) -> bytes:
    """RFC 9180 5.1 and 5.2: base mode, one message, empty aad."""
    enc, ciphertext = sealed[:1665], sealed[1665:]
    context = b"\0" + labeled_extract(b"", b"psk_id_hash", b"") + labeled_extract(b"", b"info_hash", info)
    secret = labeled_extract(shared_secret(pq, ec, enc), b"secret", b"")
    key, nonce = labeled_expand(secret, b"key", context, 32), labeled_expand(secret, b"base_nonce", context, 12)
    return AESGCM(key).decrypt(nonce, ciphertext, b"")


def canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read_private_key(pem: bytes) -> tuple[MLKEM1024PrivateKey, EllipticCurvePrivateKey]:
    end = b"-----END PRIVATE KEY-----\n"
    first, second, _ = pem.split(end)
    pq, ec = load_pem_private_key(first + end, None), load_pem_private_key(second + end, None)
    assert isinstance(pq, MLKEM1024PrivateKey)
    assert isinstance(ec, EllipticCurvePrivateKey)
    return pq, ec


def read_label(parcel: bytes, sender_key: bytes | None) -> dict:
    assert parcel[:8] == b"SEKISHO1"
    size = int.from_bytes(parcel[8:12], "big")
    assert not any(parcel[12 + size : 32_768])
    envelope = json.loads(parcel[12 : 12 + size])
    payload, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"].encode()
    (signature,) = envelope["signatures"]
    if sender_key is not None:
        signed = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
        Ed25519PublicKey.from_public_bytes(sender_key).verify(base64.b64decode(signature["sig"]), signed)
    return json.loads(payload)


def open_payload(payload: bytes, key: bytes) -> bytes:
    cipher, step = AESGCM(key), SEGMENT + 16
    starts = range(0, len(payload), step)
    return b"".join(
        cipher.decrypt(i.to_bytes(11, "big") + bytes([at == starts[-1]]), payload[at : at + step], None)
        for i, at in enumerate(starts)
    )


def record_at(contents: bytes, at: int) -> tuple[dict, int]:
    size = int.from_bytes(contents[at : at + 4], "big")
    return json.loads(contents[at + 4 : at + 4 + size]), at + 4 + size


def read_contents(contents: bytes, rows: int) -> dict[str, bytes]:
    head, at = record_at(contents, 0)
    files = {}
    for one in head["files"]:
        files[one["name"]] = contents[at : at + one["size_bytes"]]
        at += one["size_bytes"]
    tail, at = record_at(contents, at)
    assert at == len(contents)
    assert tail["rows"] == rows
    for one in tail["files"]:
        assert one["sha256"] == "sha256:" + hashlib.sha256(files[one["name"]]).hexdigest()
    return files


def open_parcel(parcel: bytes, pem: bytes, sender_key: bytes | None = None) -> dict[str, bytes]:
    """Give back the files of a parcel by name; any exception means that it is not whole and genuine."""
    label, (pq, ec) = read_label(parcel, sender_key), read_private_key(pem)
    public = pq.public_key().public_bytes_raw()
    public += ec.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    key_id = "sha256:" + hashlib.sha256(public).hexdigest()
    (wrapped,) = (one["wrapped"] for one in label["recipients"] if one["key_id"] == key_id)
    bare = [{"id": one["id"], "key_id": one["key_id"]} for one in label["recipients"]]
    info = canonical({"for": key_id, "label": {**label, "recipients": bare}})
    file_key = hpke_open(pq, ec, base64.b64decode(wrapped), info)
    derived = hkdf_extract(base64.b64decode(label["nonce"]), file_key)
    assert hkdf_expand(derived, b"sekisho/parcel/v1 commitment", 32) == base64.b64decode(label["key_commitment"])
    payload = parcel[32_768:]
    assert len(payload) == label["payload_bytes"]
    assert "sha256:" + hashlib.sha256(payload).hexdigest() == label["payload_sha256"]
    contents = open_payload(payload, hkdf_expand(derived, b"sekisho/parcel/v1 payload", 32))
    return read_contents(contents, label["rows"])


if __name__ == "__main__":
    opened = open_parcel(Path(sys.argv[1]).read_bytes(), Path(sys.argv[2]).read_bytes())
    for name, raw in opened.items():
        (Path(sys.argv[3]) / name).write_bytes(raw)
        print(name, len(raw))
