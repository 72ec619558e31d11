"""Memory under what never ends: lines, headers, recipients, parts, bodies."""

import tracemalloc
from collections.abc import Callable, Iterable, Iterator

import pytest

from mailward.config.load import load
from mailward.engine.session import Session
from mailward.policy.inspection import Inspection
from mailward.policy.tally import Tally
from mailward.verdicts import PASS

NOW = 1.0
SEGMENT = 262_144
MEGABYTE = 1 << 20

#: Every match, none of which ends the connection: all that can be kept is kept.
_EVERY = """\
regex EXE "\\.exe"
policy-map type inspect esmtp MAP
 parameters
  mask-banner
  mail-relay local.example action log
  special-character action log
  allow-tls
 match body length gt 1000
  log
 match not body length gt 1000
  log
 match body line length gt 998
  log
 match cmd line length gt 512
  log
 match cmd verb VRFY
  log
 match cmd RCPT count gt 100
  log
 match ehlo-reply-parameter others
  mask
 match header length gt 10000
  log
 match not header length gt 10000
  log
 match header line length gt 998
  log
 match header to-fields count gt 10
  log
 match invalid-recipients count gt 10
  log
 match MIME encoding base64
  log
 match MIME filename length gt 100
  log
 match MIME filetype regex EXE
  log
 match sender-address length gt 320
  log
 match sender-address regex EXE
  log
policy-map GLOBAL
 class inspection_default
  inspect esmtp MAP
service-policy GLOBAL global
"""


def _inspection() -> Inspection:
    return load(_EVERY).gate.attachments[0].inspection


def _opened(*, message: bool) -> Session:
    inspection = _inspection()
    session = Session(inspection, Tally(inspection))
    session.from_server(b"220 hi\r\n", NOW)
    session.from_client(b"EHLO a\r\n", NOW)
    session.from_server(b"250-mail\r\n250 PIPELINING\r\n", NOW)
    if message:
        session.from_client(b"MAIL FROM:<a>\r\nRCPT TO:<b>\r\nDATA\r\n", NOW)
        session.from_server(b"250 ok\r\n250 ok\r\n354 go\r\n", NOW)
    session.findings.clear()
    return session


def _endless(piece: bytes, octets: int) -> Iterator[bytes]:
    segment = piece * max(1, SEGMENT // len(piece))
    for _ in range(max(1, octets // len(segment))):
        yield segment


def _nested() -> Iterator[bytes]:
    yield b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n"
    for n in range(10_000):
        yield b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (
            n,
            n + 1,
        )


def _body(octets: int) -> Iterator[bytes]:
    yield b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    yield from _endless(b"x" * 76 + b"\r\n", octets)
    yield b"\r\n.\r\n"


_MESSAGES: dict[str, Callable[[], Iterable[bytes]]] = {
    "a header line": lambda: [b"Subject: ", *_endless(b"x", 20 * MEGABYTE)],
    "a header's name": lambda: _endless(b"x", 20 * MEGABYTE),
    "header lines": lambda: _endless(b"A: b\r\n", MEGABYTE),
    "a folded field": lambda: [b"To: a@b\r\n", *_endless(b" ,a@b\r\n", MEGABYTE)],
    "parameters": lambda: [b"Content-Type: a/b", *_endless(b"; name=x", MEGABYTE)],
    "a boundary": lambda: [b"Content-Type: a/b; boundary=", *_endless(b"b", MEGABYTE)],
    "nested parts": _nested,
    "a body line": lambda: [b"A: b\r\n\r\n", *_endless(b"x", 20 * MEGABYTE)],
    "a body of a gigabyte": lambda: _body(1 << 30),
}


def _spoken(session: Session, segments: Iterable[bytes]) -> int:
    """Say it all; the most octets that were held.  Memory is traced."""
    most = 0
    for segment in segments:
        session.from_client(segment, NOW)
        session.findings.clear()
        most = max(most, session.held)
        if session.verdict != PASS:
            break
    return most


@pytest.mark.parametrize("name", _MESSAGES)
def test_messages_without_end(name: str) -> None:
    """Whatever part of a message does not end, next to nothing of it is kept."""
    session = _opened(message=True)
    segments = _MESSAGES[name]()
    tracemalloc.start()
    try:
        held = _spoken(session, segments)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert held <= 2
    assert peak < 6 * MEGABYTE


def test_a_command_line_without_end() -> None:
    """It is cut off at its cap."""
    session = _opened(message=False)
    held = _spoken(session, _endless(b"x", 2 * MEGABYTE))

    assert session.verdict != PASS
    assert held <= SEGMENT


def test_recipients_without_end() -> None:
    """Twenty thousand recipients are counted, not kept."""
    session = _opened(message=False)
    session.from_client(b"MAIL FROM:<a>\r\n", NOW)
    session.from_server(b"250 ok\r\n", NOW)
    tracemalloc.start()
    try:
        for _ in range(40):
            session.from_client(b"RCPT TO:<someone@local.example>\r\n" * 500, NOW)
            session.from_server(b"550 no\r\n" * 500, NOW)
            session.on_time(NOW)
            session.findings.clear()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert session.verdict == PASS
    assert session.held == 0
    assert peak < 2 * MEGABYTE


def test_commands_ahead_of_their_replies_without_end() -> None:
    """A client that never waits is held, then cut off."""
    session = _opened(message=False)
    held = _spoken(session, _endless(b"NOOP\r\n", 4 * MEGABYTE))

    assert session.verdict != PASS
    assert held <= _inspection().limits.held + SEGMENT


def test_replies_without_end() -> None:
    """A server's endless reply keeps nothing; its endless line is cut off."""
    session = _opened(message=False)
    session.from_client(b"EHLO a\r\n", NOW)
    for segment in _endless(b"250-X-WORD\r\n", 4 * MEGABYTE):
        session.from_server(segment, NOW)
        session.findings.clear()
    assert session.held < 64
    assert session.verdict == PASS
    for segment in _endless(b"x", MEGABYTE):
        session.from_server(segment, NOW)

    assert session.verdict != PASS
