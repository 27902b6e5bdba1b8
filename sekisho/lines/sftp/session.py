"""The SSH connection that files are put through: one host key, one key of ours, one way of ciphering (spec/line.md 7).

AsyncSSH can do far more, listening too; the process lock keeps from it what the deliverer is not for.
"""

import asyncio
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import asyncssh
from asyncssh import SSHClientConnection, SSHKey, SSHReader, SSHWriter

from sekisho.errors import BadSettings, Reason, SekishoError, Tampered, Unavailable
from sekisho.lines.patience import SLOWEST_BYTES
from sekisho.lines.sftp.putting import File, Putting, Reached
from sekisho.release.endpoints import KEY_KINDS, Endpoint, Sftp

KEY_AGREEMENT = "ecdh-sha2-nistp384"
CIPHER = "aes256-gcm@openssh.com"
MAC = "hmac-sha2-512-etm@openssh.com"  # named because one must be; the cipher authenticates by itself
SILENCE_SECONDS = 60.0
CLOSING_SECONDS = 1.0
WINDOW_BYTES = 64 * 1024  # what a server may send without being asked to go on


@dataclass
class Sessions:
    """Makes connections with our key. Its event loop is made with it, which a process must do before it locks itself."""

    silence_seconds: float = SILENCE_SECONDS
    _runner: asyncio.Runner = field(default_factory=asyncio.Runner)
    _key: SSHKey | None = None

    def __post_init__(self) -> None:
        self._runner.get_loop()
        # AsyncSSH looks for who runs it and for a home in /etc/passwd, which a locked process cannot read; it needs neither.
        os.environ.setdefault("LOGNAME", "sekisho")
        os.environ.setdefault("HOME", "/nonexistent")

    def take_key(self, pem: bytes, name: str) -> None:
        """Take the key that delivery is known by; refuses what is no P-384 or Ed25519 key, naming its file."""
        try:
            key = asyncssh.import_private_key(pem)
        except asyncssh.KeyImportError as error:
            raise BadSettings(Reason.SETTINGS_MALFORMED, file=name) from error
        if key.get_algorithm() not in KEY_KINDS:
            raise BadSettings(Reason.SETTINGS_MALFORMED, file=name, expected="P-384")
        self._key = key

    def put(self, endpoint: Endpoint, sftp: Sftp, files: Iterable[File], reached: int, tell: Reached) -> None:
        """Put the files one after the other; `reached` and `tell` are of the last, the others are put whole.

        Waits so long for the next answer, and for all as long as their bytes allow (spec/line.md 5).
        """
        self._runner.run(self._put(endpoint, sftp, tuple(files), reached, tell))

    def close(self) -> None:
        self._runner.close()

    async def _put(self, endpoint: Endpoint, sftp: Sftp, files: tuple[File, ...], reached: int, tell: Reached) -> None:
        left_bytes = sum(one.size_bytes for one in files)
        try:
            async with asyncio.timeout(self.silence_seconds + left_bytes / SLOWEST_BYTES):
                await self._put_all(endpoint, sftp, files, reached, tell)
        except SekishoError:
            raise
        except (OSError, asyncssh.Error, asyncio.IncompleteReadError, TimeoutError) as error:
            raise _error_of(error, endpoint) from error

    async def _put_all(
        self, endpoint: Endpoint, sftp: Sftp, files: tuple[File, ...], reached: int, tell: Reached
    ) -> None:
        async with asyncio.timeout(self.silence_seconds):
            connection = await self._connect(endpoint, sftp)
        try:
            writer, reader, _ = await connection.open_session(
                subsystem="sftp", encoding=None, window=WINDOW_BYTES, max_pktsize=WINDOW_BYTES // 2
            )
            putting = Putting(_Channel(writer, reader, self.silence_seconds))
            await putting.greet()
            for one in files[:-1]:
                await putting.put(one, 0, lambda _offset: None)
            await putting.put(files[-1], reached, tell)
        finally:
            connection.abort()  # asks nobody; all that was put has been answered
            with suppress(TimeoutError, asyncssh.Error, OSError):
                async with asyncio.timeout(CLOSING_SECONDS):
                    await connection.wait_closed()

    async def _connect(self, endpoint: Endpoint, sftp: Sftp) -> SSHClientConnection:
        """Give back a connection to the server that shows the pinned key, or refuse before anything of ours is said."""
        return await asyncssh.connect(
            endpoint.host,
            endpoint.port,
            config=None,
            username=sftp.user,
            known_hosts=([asyncssh.import_public_key(sftp.host_key)], [], []),
            server_host_key_algs=[sftp.key_kind],
            kex_algs=[KEY_AGREEMENT],
            encryption_algs=[CIPHER],
            mac_algs=[MAC],
            compression_algs=["none"],
            signature_algs=list(KEY_KINDS),
            client_keys=[self._key],
            preferred_auth="publickey",
            password_auth=False,
            kbdint_auth=False,
            host_based_auth=False,
            gss_host=None,
            gss_kex=False,
            gss_auth=False,
            agent_path=None,
            x509_trusted_certs=None,
            x509_trusted_cert_paths=[],
            disable_trivial_auth=True,
            login_timeout=self.silence_seconds,
        )


@dataclass(frozen=True)
class _Channel:
    """The bytes of a session; the far side may let us wait so long."""

    writer: "SSHWriter[bytes]"
    reader: "SSHReader[bytes]"
    silence_seconds: float

    async def send(self, raw: bytes) -> None:
        self.writer.write(raw)
        await asyncio.sleep(0)  # so that a line that is gone is noticed before the next is written to it
        async with asyncio.timeout(self.silence_seconds):
            await self.writer.drain()

    async def receive(self, count: int) -> bytes:
        async with asyncio.timeout(self.silence_seconds):
            return await self.reader.readexactly(count)


def _error_of(error: Exception, endpoint: Endpoint) -> Tampered | Unavailable:
    """Give back our error: who is there is somebody else, does not know us, speaks otherwise; or nobody answers."""
    at: dict[str, Any] = {"host": endpoint.host, "port": endpoint.port}
    match error:
        case asyncssh.HostKeyNotVerifiable():
            return Tampered(Reason.LINE_HOST_KEY, **at)
        case asyncssh.PermissionDenied():
            return Unavailable(Reason.LINE_LOGIN, **at)
        case asyncssh.ConnectionLost():
            return Unavailable(Reason.LINE_UNREACHABLE, **at)
        case asyncssh.DisconnectError() | asyncssh.ChannelOpenError():
            return Tampered(Reason.LINE_SSH, **at)
        case _:
            return Unavailable(Reason.LINE_UNREACHABLE, **at)
