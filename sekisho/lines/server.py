"""A listening port: one application, TLS 1.3, callers known by certificate (spec/line.md 1)."""

import asyncio
import os
import signal
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from sekisho.errors import OperatorMustAct, Who
from sekisho.lines.listening import Address, Listening, listen_on
from sekisho.lines.tls import Credentials, peer_name, server_context
from sekisho.lines.voice import Voice
from sekisho.lines.web import Application

LARGEST_HEAD_BYTES = 65_536
LONGEST_HEAD_SECONDS = 30.0  # spec/line.md 6
STROKE_BYTES = 256 * 1024
THREADS = 40  # calls that may wait for the disk at one time
LOOK_SECONDS = 0.1  # between two looks at whether all lines are to be cut (spec/stop.md 2)
LAST_WORD_SECONDS = 0.4  # for who asks whether this zone has stopped
LAST_SECONDS = 5.0  # for what still writes to the disk when the lines are cut
HEARTBEAT = "/heartbeat"
_NOTHING_STAYS = struct.pack("ii", 1, 0)  # SO_LINGER: what was not sent yet is dropped, the other side sees a reset


Over = Callable[[], bool]


def never() -> bool:
    return False


class _NamedCaller(HttpToolsProtocol):
    """Hands the caller's certified name to the application, for `Request.peer`; drops who sends a head without end."""

    _head_bytes = 0
    _in_head = True
    _impatience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if isinstance(self.server_state, _State) and self.server_state.cut:
            self.cut()
            return
        self._impatience = self.loop.call_later(LONGEST_HEAD_SECONDS, transport.abort)
        try:
            peer = peer_name(transport.get_extra_info("ssl_object"))
        except OperatorMustAct:
            transport.abort()
            return
        self.app_state = {**self.app_state, "peer": peer, "unread": self._unread}

    def data_received(self, data: bytes) -> None:
        if self._in_head and self._head_bytes > LARGEST_HEAD_BYTES:
            self.transport.abort()
            return
        if self._in_head and self._impatience is None:
            self._impatience = self.loop.call_later(LONGEST_HEAD_SECONDS, self.transport.abort)
        self._head_bytes += len(data)
        super().data_received(data)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._be_patient()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Gather larger strokes than uvicorn's 64 KiB before the line is told to wait: each stop costs two system calls."""
        cycle = self.cycle
        if cycle.response_complete:
            return
        cycle.body += body
        if len(cycle.body) >= STROKE_BYTES:
            self.flow.pause_reading()
        cycle.message_event.set()

    def on_message_complete(self) -> None:
        self._in_head, self._head_bytes = True, 0
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._be_patient()
        super().connection_lost(exc)

    def _unread(self) -> bytes:
        """Give back, once, what arrived of a body before the line broke and nobody has read; uvicorn would drop it."""
        cycle = self.cycle
        if cycle is None or not cycle.disconnected:
            return b""
        raw, cycle.body = bytes(cycle.body), bytearray()
        return raw

    @property
    def asks_for_a_stop(self) -> bool:
        return bool(self.scope) and self.scope["path"] == HEARTBEAT

    def cut(self) -> None:
        """Drop the connection and every byte that it holds, in both directions."""
        held = self.transport.get_extra_info("socket")
        if held is not None:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NOTHING_STAYS)
        self.transport.abort()

    def _be_patient(self) -> None:
        if self._impatience is not None:
            self._impatience.cancel()
            self._impatience = None


class _State(ServerState):
    """What a server's connections share; once `cut`, no new one lives."""

    cut = False


class _Server(uvicorn.Server):
    """A server that can be cut off from its callers at once."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.server_state: _State = _State()

    def cut(self, *, all_of_them: bool) -> None:
        """Accept nobody more and drop who is there; who asks for heartbeats is dropped last."""
        self.server_state.cut = True
        for one in getattr(self, "servers", []):
            one.close()
        for one in list(self.server_state.connections):
            if isinstance(one, _NamedCaller) and (all_of_them or not one.asks_for_a_stop):
                one.cut()


@dataclass(frozen=True)
class Ports:
    """Sockets that listen and a loop that does not run yet: everything that has to be had before a process is locked."""

    sockets: Sequence[Listening]
    runner: asyncio.Runner

    def serve(
        self, applications: Sequence[Application], credentials: Credentials, voice: Voice, over: Over = never
    ) -> None:
        """Answer on each socket with its application until SIGTERM or SIGINT; says where, and at last that it stopped.

        When `over` says so, asked ten times a second, every line is cut at once.
        """
        try:
            configs = [_config(one, credentials) for one in applications]
            self.runner.run(_serve(list(zip(configs, self.sockets, strict=True)), voice, over))
        finally:
            voice.close()


@contextmanager
def opened(addresses: Sequence[Address]) -> Iterator[Ports]:
    """Give back the ports, listening; nobody is answered before `serve`, so nobody is heard by a process that is not locked."""
    sockets = listen_on(addresses)
    try:
        with asyncio.Runner() as runner:
            runner.get_loop()
            yield Ports(sockets, runner)
    finally:
        for one in sockets:
            one.close()


async def _serve(ports: Sequence[tuple[uvicorn.Config, Listening]], voice: Voice, over: Over) -> None:
    servers = [_Server(config) for config, _ in ports]
    sockets = [held for _, held in ports]
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
    cutting = asyncio.ensure_future(_cut_when(over, servers))
    await asyncio.gather(*tasks)
    cutting.cancel()


async def _cut_when(over: Over, servers: Sequence[_Server]) -> None:
    """Cut every line as soon as it is over; who is asking is told so first, for less than half a second."""
    while not over():  # noqa: ASYNC110 - a file on the disk says so, not an event
        await asyncio.sleep(LOOK_SECONDS)
    last = threading.Timer(LAST_SECONDS, os._exit, (Who.OPERATOR.value,))
    last.daemon = True
    last.start()
    for one in servers:
        one.cut(all_of_them=False)
    limit = asyncio.get_running_loop().time() + LAST_WORD_SECONDS
    while any(one.server_state.connections for one in servers) and asyncio.get_running_loop().time() < limit:  # noqa: ASYNC110 - uvicorn keeps a set, not an event
        await asyncio.sleep(LOOK_SECONDS / 5)
    for one in servers:
        one.cut(all_of_them=True)
        one.should_exit = True


def _address(held: socket.socket) -> str:
    host, port = held.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _config(application: Application, credentials: Credentials) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http=_NamedCaller,
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
        ssl_certfile=str(credentials.certificate),
        ssl_context_factory=lambda _config, _default: server_context(credentials),
    )
