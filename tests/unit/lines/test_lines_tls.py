import ssl
from datetime import UTC, datetime, timedelta

import pytest

from sekisho.errors import BadSettings, Reason, Tampered
from sekisho.lines.tls import CIPHER, Credentials, client_context, peer_name, server_context
from sekisho.site.authority import issue, make_authority

NOW = datetime(2026, 11, 23, tzinfo=UTC)
DAY = timedelta(days=1)


class Connection:
    """What a finished handshake tells."""

    def __init__(self, names=("town.example",), cipher=CIPHER, version="TLSv1.3", kind="DNS"):
        self.certificate = {"subjectAltName": tuple((kind, name) for name in names)} if names is not None else None
        self.agreed, self.spoken = cipher, version

    def getpeercert(self):
        return self.certificate

    def cipher(self):
        return (self.agreed, "TLSv1.3", 256) if self.agreed else None

    def version(self):
        return self.spoken


def test_a_peer_is_called_by_the_one_name_in_its_certificate():
    assert peer_name(Connection()) == "town.example"


@pytest.mark.requirement("D03")
@pytest.mark.parametrize(
    "connection",
    [
        Connection(cipher="TLS_AES_128_GCM_SHA256"),
        Connection(cipher="TLS_CHACHA20_POLY1305_SHA256"),
        Connection(cipher=None),
        Connection(version="TLSv1.2"),
        Connection(names=()),
        Connection(names=None),
        Connection(names=("a.example", "b.example")),
        Connection(kind="IP Address"),
    ],
)
def test_a_peer_below_policy_or_without_one_name_is_refused(connection):
    with pytest.raises(Tampered) as caught:
        peer_name(connection)
    assert caught.value.reason is Reason.LINE_TLS


@pytest.fixture
def credentials(tmp_path):
    authority = make_authority("site.example", NOW, DAY)
    pair = issue(authority, "town.example", NOW, DAY)
    found = Credentials(*(tmp_path / name for name in ("certificate.pem", "key.pem", "authority.pem")))
    for path, raw in ((found.certificate, pair.certificate), (found.key, pair.key), (found.authority, authority.pem)):
        path.write_bytes(raw)
    return found


@pytest.mark.requirement("D03")
@pytest.mark.parametrize("make", [server_context, client_context])
def test_a_context_asks_for_a_certificate_and_tls_1_3(credentials, make):
    context = make(credentials)
    assert (context.verify_mode, context.minimum_version) == (ssl.CERT_REQUIRED, ssl.TLSVersion.TLSv1_3)
    assert context.check_hostname is (make is client_context)


@pytest.mark.parametrize("name", ["certificate", "key", "authority"])
def test_missing_or_broken_credentials_are_bad_settings(credentials, name):
    getattr(credentials, name).write_bytes(b"nothing")
    with pytest.raises(BadSettings) as caught:
        server_context(credentials)
    getattr(credentials, name).unlink()
    with pytest.raises(BadSettings):
        server_context(credentials)
    assert caught.value.reason is Reason.LINE_TLS
