"""A small web application: a few routes, bodies as streams, answers as bytes or chunks (ASGI 3.0).

Ours, because the ready-made ones import an HTTP client, and receiving has none (requirement B02).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

JSON = "application/json"
BYTES = "application/octet-stream"
LONGEST_SILENCE_SECONDS = 30.0  # a line that died without a word must not keep an upload from its next caller


@dataclass(frozen=True)
class Request:
    """One call; `names` are the pieces of the path that stand where its route has a star, as they were sent."""

    scope: Message
    receive: Receive
    names: tuple[str, ...]

    @property
    def peer(self) -> str:
        """The DNS name in the caller's certificate."""
        return str(self.scope["state"]["peer"])

    def header(self, name: str, missing: str = "") -> str:
        """Give back a header by its name in small letters; one that was sent twice comes joined by a comma."""
        found = [raw.decode("latin-1") for key, raw in self.scope["headers"] if key == name.encode()]
        return ", ".join(found) if found else missing

    def query(self, name: str, missing: str) -> str:
        found = parse_qs(self.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        return ", ".join(found.get(name, [missing]))

    async def stream(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives; raises `ConnectionResetError` where the caller breaks off or falls silent."""
        more = True
        while more:
            try:
                async with asyncio.timeout(LONGEST_SILENCE_SECONDS):
                    message = await self.receive()
            except TimeoutError as error:
                raise ConnectionResetError from error
            if message["type"] == "http.disconnect":
                if unread := self.scope["state"].get("unread", bytes)():
                    yield unread
                raise ConnectionResetError
            more = message.get("more_body", False)
            if message.get("body"):
                yield message["body"]


@dataclass(frozen=True)
class Response:
    """An answer; a body of chunks is read in threads, and only for as long as the caller listens."""

    body: bytes | Iterator[bytes]
    status: int = 200
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Route:
    """A method and a path such as `/uploads/*/finish`; a star stands for one piece that is not empty."""

    method: str
    path: str
    endpoint: Endpoint

    def names(self, path: str) -> tuple[str, ...] | None:
        """Give back what stands at the stars, or None if this is another path."""
        wanted, given = self.path.split("/"), path.split("/")
        if len(wanted) != len(given):
            return None
        pairs = list(zip(wanted, given, strict=True))
        if any(one != other and (one != "*" or not other) for one, other in pairs):
            return None
        return tuple(other for one, other in pairs if one == "*")


@dataclass(frozen=True)
class Application:
    """Routes as an ASGI application; any other path is 404, any other method 405."""

    routes: Sequence[Route]

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        path = scope["raw_path"].decode("latin-1")
        found = [(one, names) for one in self.routes if (names := one.names(path)) is not None]
        chosen = [(one, names) for one, names in found if one.method == scope["method"]]
        if not chosen:
            await _answer(Response(b"", 405 if found else 404), receive, send)
            return
        route, names = chosen[0]
        try:
            response = await route.endpoint(Request(scope, receive, names))
        except ConnectionResetError:
            response = Response(b"", 408)  # mostly nobody is there to read it
        await _answer(response, receive, send)


async def _answer(response: Response, receive: Receive, send: Send) -> None:
    headers = {"content-type": response.media_type, **response.headers}
    if isinstance(response.body, bytes) and response.status != 204:
        headers["content-length"] = str(len(response.body))
    raw = [(name.lower().encode(), text.encode()) for name, text in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": raw})
    if isinstance(response.body, bytes):
        await send({"type": "http.response.body", "body": response.body})
        return
    gone = asyncio.ensure_future(_wait_until_gone(receive))
    try:
        while not gone.done() and (chunk := await asyncio.to_thread(next, response.body, b"")):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    finally:
        gone.cancel()
        if (close := getattr(response.body, "close", None)) is not None:
            await asyncio.to_thread(close)
    await send({"type": "http.response.body", "body": b""})


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
