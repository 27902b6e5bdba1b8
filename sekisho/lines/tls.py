"""TLS 1.3 contexts, and who stands at the other end (spec/line.md 1)."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sekisho.errors import BadSettings, Reason, Tampered

CIPHER = "TLS_AES_256_GCM_SHA384"  # CRYPTREC: AES-256-GCM with SHA-384
CURVE = "secp384r1"


@dataclass(frozen=True)
class Credentials:
    """PEM files: this party's certificate and key, and the site's CA."""

    certificate: Path
    key: Path
    authority: Path


def server_context(credentials: Credentials) -> ssl.SSLContext:
    """Give back a context that takes TLS 1.3 from clients with a certificate of the site's CA, and nothing else."""
    return _context(ssl.PROTOCOL_TLS_SERVER, credentials)


def client_context(credentials: Credentials) -> ssl.SSLContext:
    """Give back a context that shows this party's certificate and checks the server's name against the site's CA."""
    context = _context(ssl.PROTOCOL_TLS_CLIENT, credentials)
    context.check_hostname = True
    return context


def peer_name(connection: Any) -> str:
    """Give back the one DNS name in the peer's certificate; refuses a cipher below policy (requirement D03)."""
    certificate = connection.getpeercert() or {}
    names = [name for kind, name in certificate.get("subjectAltName", ()) if kind == "DNS"]
    cipher = connection.cipher()
    if len(names) != 1 or cipher is None or cipher[0] != CIPHER or connection.version() != "TLSv1.3":
        raise Tampered(Reason.LINE_TLS)
    return str(names[0])


def _context(protocol: Any, credentials: Credentials) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.set_ecdh_curve(CURVE)
    context.verify_mode = ssl.CERT_REQUIRED
    try:
        context.load_cert_chain(credentials.certificate, credentials.key)
        context.load_verify_locations(credentials.authority)
    except (OSError, ssl.SSLError) as error:
        raise BadSettings(Reason.LINE_TLS, file=credentials.certificate.name) from error
    return context
