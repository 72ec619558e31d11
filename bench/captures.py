"""Captures: what inspecting one costs, beside what others do with it.

    .venv/bin/python bench/captures.py [--rounds 5] [--size 205] [--quick]

Makes a capture of so many megabytes (the same octets every time: 3,066 sessions of
one mail, frames of 1,500 octets, four connections at a time), plain and with base64
attachments; then reads each by every tool that is here, in alternating rounds.
Processor time is the kernel's, of the whole tree of processes; start-up is measured on
a capture without packets and taken off.  Memory is the peak.  Ratios within one run are
worth something, figures between runs are not.

Snort 3 is in no Debian release.  Where it is not here, what it would take is reckoned
from tcptrace's time in the same rounds: on the machine of the reference its inspection
took 12.4 times tcptrace's (plain) and 14.7 times (MIME), its bare reassembly 1.8 times.
A third of the inspection is the goal (issue 6), and then the bare reassembly.
"""

import argparse
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from base64 import encodebytes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import BinaryIO, Final

from mailward.testing.wire import Connection, frame, network

SESSIONS: Final = 3066
#: What Snort 3 took on the machine of the reference, in times of tcptrace's.
_SNORT: Final = {
    "plain": (2.24 / 0.18, 0.33 / 0.18),
    "mime": (2.06 / 0.14, 0.26 / 0.14),
}
_STREAM: Final = "stream={} stream_tcp={} "
_SMTP: Final = (
    "smtp={} binder={{when={proto='tcp',ports='25'},use={type='smtp'}},"
    "{use={type='wizard'}}} wizard={}"
)
AT_ONCE: Final = 4
_RECORD: Final = Struct("<IIII")
_HEAD: Final = b"\xd4\xc3\xb2\xa1\2\0\4\0" + bytes(8) + b"\xff\xff\0\0\1\0\0\0"
_WORDS: Final = (
    b"the quick brown fox jumps over a lazy dog while mail goes on through all of "
    b"the night and nobody minds what it says so long as it comes to its end"
).split()


@dataclass(frozen=True)
class Tool:
    """One command; `{}` is the capture."""

    name: str
    words: tuple[str, ...]
    good: tuple[int, ...] = (0, 1)


def _tools(workers: int) -> list[Tool]:
    """What is here."""
    mailward = (sys.executable, "-m", "mailward", "inspect", "{}", "--workers")
    found = [
        Tool("mailward inspect", (*mailward, "1")),
        Tool("mailward inspect --json", (*mailward, "1", "--json")),
        Tool(f"mailward inspect, {workers} workers", (*mailward, str(workers))),
        Tool(
            "mailward, nothing but reassembly", (sys.executable, __file__, "-r", "{}")
        ),
    ]
    snort = ("snort", "-q", "-k", "none", "-r", "{}", "--lua")
    others = (
        Tool("tcpdump -w /dev/null", ("tcpdump", "-r", "{}", "-w", "/dev/null")),
        Tool("tcptrace", ("tcptrace", "-n", "{}")),
        Tool("tcpflow (it writes)", ("tcpflow", "-a", "-r", "{}")),
        Tool("snort, stream_tcp only", (*snort, f"{_STREAM}binder={{}}")),
        Tool("snort, smtp", (*snort, _STREAM + _SMTP)),
        Tool("tshark, SMTP commands", ("tshark", "-r", "{}", "-Y", "smtp.req.command")),
    )
    return found + [tool for tool in others if shutil.which(tool.words[0])]


def _body(rng: random.Random, size: int, *, mime: bool) -> bytes:
    """A body of about so many octets."""
    if not mime:
        lines = []
        length = 0
        while length < size:
            line = b" ".join(rng.choices(_WORDS, k=12))[:76] + b"\r\n"
            lines.append(line)
            length += len(line)
        return b"Subject: plain\r\n\r\n" + b"".join(lines)
    blob = encodebytes(rng.randbytes(size * 3 // 4)).replace(b"\n", b"\r\n")
    return (
        (
            b"Subject: mime\r\nMIME-Version: 1.0\r\n"
            b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
            b"Content-Type: text/plain\r\n\r\nsee the attachment\r\n--b\r\n"
            b'Content-Type: application/pdf; name="a.pdf"\r\n'
            b"Content-Transfer-Encoding: base64\r\n"
            b'Content-Disposition: attachment; filename="a.pdf"\r\n\r\n'
        )
        + blob
        + b"--b--\r\n"
    )


def _session(number: int, body: bytes) -> Iterator[tuple[float, bytes]]:
    """One mail; an acknowledgement for every other segment."""
    now = 1_700_000_000 + number * 0.01
    client = f"198.51.{100 + number // 60000}.{number % 250 + 1}"
    talk = Connection((client, 10000 + number % 50000), ("192.0.2.25", 25), now)
    talk.next = [number * 7919, number * 104729]
    talk.open()
    for speaker, octets in (
        (1, b"220 mail.example.com ESMTP\r\n"),
        (0, b"EHLO client.example.net\r\n"),
        (1, b"250-mail.example.com\r\n250-PIPELINING\r\n250 8BITMIME\r\n"),
        (0, b"MAIL FROM:<a%d@example.net>\r\n" % number),
        (1, b"250 2.1.0 Ok\r\n"),
        (0, b"RCPT TO:<b@example.com>\r\n"),
        (1, b"250 2.1.5 Ok\r\n"),
        (0, b"DATA\r\n"),
        (1, b"354 End data with <CR><LF>.<CR><LF>\r\n"),
    ):
        talk.say(speaker, octets)
        talk.now += 0.0005
    octets = body + b".\r\n"
    for at in range(0, len(octets), 2 * talk.size):
        for half in (at, at + talk.size):
            if half < len(octets):
                talk.add(0, 0x10, octets[half : half + talk.size])
        talk.add(1, 0x10)
        talk.now += 0.0001
    for speaker, last in (
        (1, b"250 2.0.0 Ok\r\n"),
        (0, b"QUIT\r\n"),
        (1, b"221 Bye\r\n"),
    ):
        talk.say(speaker, last)
    talk.close(0)
    talk.close(1)
    for time, segment in talk.segments:
        yield time, frame(network(segment))


def make(file: BinaryIO, size: int, *, mime: bool) -> tuple[int, int]:
    """Write a capture of about so many octets; its packets and octets."""
    rng = random.Random(6)
    each = size // SESSIONS * 93 // 100
    bodies = [_body(rng, each, mime=mime) for _ in range(16)]
    packets = 0
    file.write(_HEAD)
    for first in range(0, SESSIONS, AT_ONCE):
        live = [
            _session(number, bodies[number % len(bodies)])
            for number in range(first, min(first + AT_ONCE, SESSIONS))
        ]
        while live:
            for one in list(live):
                for _ in range(4):
                    packet = next(one, None)
                    if packet is None:
                        live.remove(one)
                        break
                    time, octets = packet
                    micro = round(time * 1_000_000)
                    file.write(
                        _RECORD.pack(
                            micro // 1_000_000,
                            micro % 1_000_000,
                            len(octets),
                            len(octets),
                        )
                    )
                    file.write(octets)
                    packets += 1
    return packets, file.tell()


def measure(tool: Tool, capture: Path) -> tuple[float, float]:
    """Processor seconds of the tree, and its peak memory in megabytes."""
    words = [word.replace("{}", str(capture)) for word in tool.words]
    with tempfile.TemporaryDirectory() as folder, Path(os.devnull).open("wb") as null:
        pid = os.fork()
        if pid == 0:
            os.chdir(folder)
            os.dup2(null.fileno(), 1)
            os.dup2(null.fileno(), 2)
            done = subprocess.run(words, check=False, stdin=subprocess.DEVNULL)
            spent = resource.getrusage(resource.RUSAGE_CHILDREN)
            Path("spent").write_text(
                f"{spent.ru_utime + spent.ru_stime} {spent.ru_maxrss} {done.returncode}"
            )
            os._exit(0)
        os.waitpid(pid, 0)
        seconds, peak, code = (Path(folder) / "spent").read_text().split()
    if int(code) not in tool.good:
        raise RuntimeError(f"{tool.name}: exit code {code}")
    return float(seconds), int(peak) / 1024


def reassemble(capture: str) -> None:
    """Nothing but order: what the reader costs without the engine."""
    from mailward.drivers.capture.conversations import follow
    from mailward.drivers.capture.hearers import Hearer

    census, _ = follow([capture], lambda _: Hearer())
    assert census.sessions


def main() -> None:
    """Make, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", type=int, default=205, help="megabytes")
    parser.add_argument("--quick", action="store_true", help="small, two rounds")
    parser.add_argument("--keep", default="", help="a folder for the captures")
    parser.add_argument("--no-tshark", action="store_true", help="it takes long")
    parser.add_argument("-r", dest="reassemble", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.reassemble:
        reassemble(asked.reassemble)
        return
    size = (8 if asked.quick else asked.size) * 1_000_000
    rounds = 2 if asked.quick else asked.rounds
    tools = [
        tool
        for tool in _tools(max(2, os.cpu_count() or 1))
        if not (asked.no_tshark and "tshark" in tool.name)
    ]
    with tempfile.TemporaryDirectory() as folder:
        where = Path(asked.keep or folder)
        for name, mime in (("plain", False), ("mime", True)):
            capture = where / f"{name}.pcap"
            if not capture.exists():
                with capture.open("wb") as file:
                    packets, octets = make(file, size, mime=mime)
                print(f"{name}: {octets / 1e6:.0f} MB, {packets} packets")
            _table(name, capture, tools, rounds)


def _table(name: str, capture: Path, tools: list[Tool], rounds: int) -> None:
    """Alternating rounds of one capture."""
    capture.read_bytes()  # into the cache of pages
    nothing = capture.with_name("nothing.pcap")
    nothing.write_bytes(_HEAD)
    start: dict[str, float] = {}
    found: dict[str, list[tuple[float, float]]] = {}
    for tool in tools:
        try:
            any_ = Tool(tool.name, tool.words, good=(0, 1, 2))
            start[tool.name] = min(measure(any_, nothing)[0] for _ in range(3))
            found[tool.name] = [measure(tool, capture)]
        except RuntimeError as error:
            print(f"left out: {error}")
    for _ in range(rounds - 1):
        for tool in tools:
            if tool.name in found:
                found[tool.name].append(measure(tool, capture))
    net = {
        one: statistics.median(s for s, _ in rounds_) - start[one]
        for one, rounds_ in found.items()
    }
    snort, bare = net.get("snort, smtp"), net.get("snort, stream_tcp only")
    said = "measured"
    if snort is None and "tcptrace" in net:
        snort, bare = (net["tcptrace"] * times for times in _SNORT[name])
        said = "reckoned from tcptrace"
    told = f"{'CPU s, net (least-most)':25} {'start':>6} {'of Snort':>8} {'MB':>5}"
    print(f"\n{name:34} {told}")
    for one, rounds_ in found.items():
        low, high = (pick(s for s, _ in rounds_) - start[one] for pick in (min, max))
        spread = f"{net[one]:.2f} ({low:.2f}-{high:.2f})"
        share = f"{net[one] / snort:.2f}" if snort else "-"
        peak = max(p for _, p in rounds_)
        print(f"{one:34} {spread:25} {start[one]:6.2f} {share:>8} {peak:5.0f}")
    if snort and bare:
        print(
            f"Snort 3, {said}: {snort:.2f}, a third {snort / 3:.2f}; "
            f"its bare reassembly {bare:.2f}"
        )


if __name__ == "__main__":
    main()
