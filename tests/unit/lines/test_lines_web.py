import asyncio

import pytest

from sekisho.lines import web
from sekisho.lines.web import Application, Request, Response, Route


async def named(request):
    return Response("|".join(request.names).encode())


APPLICATION = Application([Route("GET", "/parcels", named), Route("PUT", "/parcels/*/end", named)])


def ask(application, path, *, method="GET", messages=(), headers=(), query=b""):
    """Give back what the application sends for one call."""
    sent, waiting = [], list(messages)

    async def receive():
        if waiting:
            return waiting.pop(0)
        await asyncio.Event().wait()
        return None

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "raw_path": path.encode("latin-1"),
        "query_string": query,
        "headers": list(headers),
        "state": {"peer": "town.example"},
    }
    asyncio.run(asyncio.wait_for(application(scope, receive, send), 5))
    return sent


def status_and_body(sent):
    return sent[0]["status"], b"".join(one.get("body", b"") for one in sent[1:])


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/parcels", (200, b"")),
        ("PUT", "/parcels/1/end", (200, b"1")),
        ("PUT", "/parcels/%2e%2e%2f/end", (200, b"%2e%2e%2f")),
        ("PUT", "/parcels//end", (404, b"")),
        ("PUT", "/parcels/1/2/end", (404, b"")),
        ("GET", "/parcels/", (404, b"")),
        ("GET", "/PARCELS", (404, b"")),
        ("GET", "", (404, b"")),
        ("POST", "/parcels", (405, b"")),
        ("HEAD", "/parcels", (405, b"")),
    ],
)
def test_only_the_routes_are_answered_and_stars_stay_as_they_were_sent(method, path, expected):
    assert status_and_body(ask(APPLICATION, path, method=method)) == expected


def reading(seen):
    async def endpoint(request):
        async for chunk in request.stream():
            seen.append(chunk)
        return Response(b"done")

    return Application([Route("GET", "/", endpoint)])


def body(raw, *, more):
    return {"type": "http.request", "body": raw, "more_body": more}


def test_a_body_comes_in_the_chunks_in_which_it_arrives():
    seen = []
    sent = ask(reading(seen), "/", messages=[body(b"a", more=True), body(b"", more=True), body(b"b", more=False)])
    assert (seen, status_and_body(sent)) == ([b"a", b"b"], (200, b"done"))


def test_a_caller_that_breaks_off_ends_the_call_without_an_error():
    seen = []
    sent = ask(reading(seen), "/", messages=[body(b"a", more=True), {"type": "http.disconnect"}])
    assert (seen, sent[0]["status"]) == ([b"a"], 408)


def test_a_caller_that_falls_silent_is_let_go(monkeypatch):
    monkeypatch.setattr(web, "LONGEST_SILENCE_SECONDS", 0.01)
    seen = []
    sent = ask(reading(seen), "/", messages=[body(b"a", more=True)])
    assert (seen, sent[0]["status"]) == ([b"a"], 408)


def test_a_body_of_chunks_is_sent_whole():
    async def endpoint(_request):
        return Response(iter([b"one", b"two"]), 206, web.BYTES)

    sent = ask(Application([Route("GET", "/", endpoint)]), "/", messages=[body(b"", more=False)])
    assert status_and_body(sent) == (206, b"onetwo")
    assert sent[-1] == {"type": "http.response.body", "body": b""}


def test_a_body_of_chunks_ends_and_is_closed_when_the_caller_is_gone():
    events = []

    def endless():
        try:
            while True:
                yield b"x"
        finally:
            events.append("closed")

    async def endpoint(_request):
        return Response(endless())

    ask(Application([Route("GET", "/", endpoint)]), "/", messages=[{"type": "http.disconnect"}])
    assert events == ["closed"]


def test_a_request_tells_peer_headers_and_query():
    request = Request(
        {
            "headers": [(b"range", b"bytes=1-"), (b"x", b"1"), (b"x", b"2")],
            "query_string": b"after=7&blank=",
            "state": {"peer": "town.example"},
        },
        None,
        (),
    )
    assert request.peer == "town.example"
    assert (request.header("range"), request.header("x"), request.header("none", "-")) == ("bytes=1-", "1, 2", "-")
    assert (request.query("after", "0"), request.query("blank", "0"), request.query("none", "0")) == ("7", "", "0")
