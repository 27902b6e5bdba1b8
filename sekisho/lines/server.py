"""A listening port: one application, TLS 1.3, callers known by certificate (spec/line.md 1)."""

import asyncio
import signal
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sekisho.errors import OperatorMustAct, Reason, Unavailable
from sekisho.lines.tls import Credentials, peer_name, server_context
from sekisho.lines.voice import Voice
from sekisho.lines.web import Application

LARGEST_HEAD_BYTES = 65_536
THREADS = 40  # calls that may wait for the disk at one time


class _NamedCaller(HttpToolsProtocol):
    """Hands the caller's certified name to the application, for `Request.peer`; drops who sends a head without end."""

    _head_bytes = 0
    _in_head = True

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        try:
            peer = peer_name(transport.get_extra_info("ssl_object"))
        except OperatorMustAct:
            transport.abort()
            return
        self.app_state = {**self.app_state, "peer": peer}

    def data_received(self, data: bytes) -> None:
        if self._in_head and self._head_bytes > LARGEST_HEAD_BYTES:
            self.transport.abort()
            return
        self._head_bytes += len(data)
        super().data_received(data)

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_head, self._head_bytes = True, 0
        super().on_message_complete()


@dataclass(frozen=True)
class Port:
    """One address with the application that answers there."""

    host: str
    port: int
    application: Application
    credentials: Credentials


def serve(ports: Sequence[Port], voice: Voice) -> None:
    """Answer on all `ports` until SIGTERM or SIGINT; says where once every port listens, and at last that it stopped."""
    try:
        asyncio.run(_serve(ports, voice))
    finally:
        voice.close()


async def _serve(ports: Sequence[Port], voice: Voice) -> None:
    servers = [uvicorn.Server(_config(port)) for port in ports]
    sockets = [_listen(port) for port in ports]
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(THREADS))
    tasks = [asyncio.ensure_future(one._serve([held])) for one, held in zip(servers, sockets, strict=True)]  # noqa: SLF001 - serve() takes over the process's signals, and there are two servers

    def stop() -> None:
        for one in servers:
            one.should_exit = True

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop)
    while not all(one.started for one in servers) and not any(task.done() for task in tasks):  # noqa: ASYNC110 - uvicorn has a flag, not an event
        await asyncio.sleep(0.01)
    if not any(task.done() for task in tasks):
        voice.ready(", ".join(_address(one) for one in sockets))
    await asyncio.gather(*tasks)


def _address(held: socket.socket) -> str:
    host, port = held.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _config(port: Port) -> uvicorn.Config:
    return uvicorn.Config(
        port.application,
        http=_NamedCaller,
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
        ssl_certfile=str(port.credentials.certificate),
        ssl_context_factory=lambda _config, _default: server_context(port.credentials),
    )


def _listen(port: Port) -> socket.socket:
    held = socket.socket(socket.AF_INET6 if ":" in port.host else socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((port.host, port.port))
    except OSError as error:
        held.close()
        raise Unavailable(Reason.PORT_TAKEN, host=port.host, port=port.port) from error
    held.listen(512)
    held.setblocking(False)
    return held
