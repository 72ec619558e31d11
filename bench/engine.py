#!/usr/bin/env python3
"""What inspection itself costs: the engine alone, without sockets.

Processor time of one process, for a mail of 40 MB (nanoseconds an octet and
milliseconds a megabyte) and for a short session (microseconds), under three
maps: no rule at all, the factory's, and one with every match.  The median of
several rounds, the least and the most beside it.

    bench/engine.py            some ten seconds
    bench/engine.py --rounds 9
"""

import argparse
import base64
import os
import platform
import statistics
import time
from collections.abc import Callable
from functools import partial

from mailward import __version__
from mailward.config.factory import FACTORY
from mailward.config.load import load
from mailward.engine.session import Session
from mailward.policy.gate import Attachment
from mailward.verdicts import PASS

SEGMENT = 262_144
OCTETS = 40_000_000
SESSIONS = 1_000

_TAIL = """\
policy-map GLOBAL
 class inspection_default
  inspect esmtp MAP
service-policy GLOBAL global
"""
_EVERY = """\
regex EVIL "\\.exe"
policy-map type inspect esmtp MAP
 parameters
  mask-banner
  mail-relay example.com action log
  special-character action log
  allow-tls
 match body length gt 4000000000
  drop-connection log
 match body line length gt 998
  log
 match not body line length gt 10
  log
 match cmd line length gt 512
  drop-connection log
 match cmd verb ETRN HELP
  mask
 match cmd RCPT count gt 100
  drop-connection log
 match ehlo-reply-parameter others
  mask
 match header length gt 100000
  drop-connection log
 match header line length gt 998
  drop-connection log
 match header to-fields count gt 100
  drop-connection log
 match invalid-recipients count gt 20
  drop-connection log
 match MIME encoding binary others
  log
 match MIME filename length gt 255
  drop-connection log
 match MIME filetype regex EVIL
  drop-connection log
 match sender-address length gt 320
  drop-connection log
 match sender-address regex EVIL
  drop-connection log
"""
MAPS = {
    "no rule": "policy-map type inspect esmtp MAP\n" + _TAIL,
    "factory": FACTORY,
    "every match": _EVERY + _TAIL,
    "every match, none negated": _EVERY.replace(
        " match not body line length gt 10\n  log\n", ""
    )
    + _TAIL,
}

_HEADER = b"".join(b"Header-%d: of the usual length and kind\r\n" % n for n in range(8))
_SHORT = _HEADER + b"To: a@b.example\r\n\r\n" + (b"x" * 70 + b"\r\n") * 10 + b".\r\n"


def _plain() -> bytes:
    return _HEADER + b"\r\n" + (b"x" * 76 + b"\r\n") * (OCTETS // 78)


def _mime() -> bytes:
    coded = base64.encodebytes(os.urandom(57 * 1000)).replace(b"\n", b"\r\n")
    return (
        _HEADER
        + b"Content-Type: multipart/mixed; boundary=limit\r\n\r\n--limit\r\n"
        + b"Content-Type: application/zip; name=a.zip\r\n"
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + coded * (OCTETS // len(coded))
        + b"--limit--\r\n"
    )


_OPENING = (
    (1, b"220 mail.example.com ESMTP\r\n"),
    (0, b"EHLO client.example\r\n"),
    (
        1,
        (
            b"250-mail\r\n250-PIPELINING\r\n250-SIZE 1\r\n250-STARTTLS\r\n"
            b"250-ETRN\r\n250-8BITMIME\r\n250 DSN\r\n"
        ),
    ),
    (0, b"MAIL FROM:<a@b.example>\r\n"),
    (1, b"250 ok\r\n"),
    (0, b"RCPT TO:<c@example.com>\r\n"),
    (1, b"250 ok\r\n"),
    (0, b"DATA\r\n"),
    (1, b"354 go\r\n"),
)
_CLOSING = ((0, _SHORT), (1, b"250 ok\r\n"), (0, b"QUIT\r\n"), (1, b"221 bye\r\n"))


def _talk(attachment: Attachment, said: tuple[tuple[int, bytes], ...]) -> Session:
    session = Session(attachment.inspection, attachment.tally)
    for speaker, octets in said:
        if speaker:
            session.from_server(octets, 1.0)
        else:
            session.from_client(octets, 1.0)
        session.findings.clear()
    assert session.verdict == PASS
    return session


def bulk(attachment: Attachment, message: bytes) -> float:
    """Nanoseconds an octet."""
    segments = [message[at : at + SEGMENT] for at in range(0, len(message), SEGMENT)]
    session = _talk(attachment, _OPENING)
    before = time.process_time()
    for segment in segments:
        session.from_client(segment, 1.0)
    spent = time.process_time() - before
    assert session.verdict == PASS
    return spent * 1e9 / len(message)


def short(attachment: Attachment) -> float:
    """Microseconds a session."""
    before = time.process_time()
    for _ in range(SESSIONS):
        _talk(attachment, _OPENING + _CLOSING)
    return (time.process_time() - before) * 1e6 / SESSIONS


def _median(measure: Callable[[], float], rounds: int) -> tuple[float, float, float]:
    found = [measure() for _ in range(rounds)]
    return statistics.median(found), min(found), max(found)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print(
        f"mailward {__version__}, Python {platform.python_version()}, "
        f"{platform.machine()}, median (least-most) of {rounds} rounds"
    )
    plain, mime = _plain(), _mime()
    for name, text in MAPS.items():
        attachment = load(text).gate.attachments[0]
        for kind, message in (("plain", plain), ("base64", mime)):
            mid, least, most = _median(partial(bulk, attachment, message), rounds)
            print(
                f"{name:26} {kind:7} {mid:6.2f} ns/octet ({least:.2f}-{most:.2f})"
                f"  {mid:6.2f} ms/MB"
            )
        mid, least, most = _median(partial(short, attachment), rounds)
        print(f"{name:26} session {mid:6.1f} us       ({least:.1f}-{most:.1f})")


if __name__ == "__main__":
    main()
