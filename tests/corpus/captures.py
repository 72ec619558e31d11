"""Captures as streams: packets put in order, oracles read.

For tests only, with dpkt: the plainest reassembly that the corpus needs.  A
stream with a hole is given up at the hole.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import dpkt

CLIENT, SERVER = 0, 1
_End = tuple[bytes, int]


@dataclass
class Stream:
    """One TCP connection: what was said, in the order in which it was heard."""

    said: list[tuple[int, bytes]] = field(default_factory=list)
    client: _End | None = None
    _next: dict[int, int] = field(default_factory=dict)
    _early: dict[int, dict[int, bytes]] = field(default_factory=dict)

    def take(self, speaker: int, seq: int, syn: bool, octets: bytes) -> None:
        """One segment, perhaps early, perhaps once more."""
        if syn:
            self._next[speaker] = (seq + 1) % (1 << 32)
        if not octets:
            return
        self._next.setdefault(speaker, seq)
        early = self._early.setdefault(speaker, {})
        early[seq] = max(early.get(seq, b""), octets, key=len)
        moved = True
        while moved:
            moved = False
            for at in sorted(
                early, key=lambda s: (s - self._next[speaker]) % (1 << 32)
            ):
                behind = (self._next[speaker] - at) % (1 << 32)
                if behind < 1 << 31 and at in early:
                    rest = early.pop(at)[behind:]
                    if rest:
                        self.said.append((speaker, rest))
                        self._next[speaker] = (self._next[speaker] + len(rest)) % (
                            1 << 32
                        )
                        moved = True


def _packets(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(0)
        kind = dpkt.pcapng if start == b"\n\r\r\n" else dpkt.pcap
        reader = kind.Reader(file)
        link = reader.datalink()
        for _, packet in reader:
            yield link, packet


def _network(link: int, packet: bytes) -> object:
    if link == dpkt.pcap.DLT_EN10MB:
        return dpkt.ethernet.Ethernet(packet).data
    if link == dpkt.pcap.DLT_LINUX_SLL:
        return dpkt.sll.SLL(packet).data
    if link in (dpkt.pcap.DLT_RAW, 12, 101):
        return dpkt.ip.IP(packet)
    return None


def streams(path: Path) -> list[Stream]:
    """The TCP connections of a capture; nothing for what dpkt cannot read."""
    found: dict[frozenset[_End], Stream] = {}
    try:
        for link, packet in _packets(path):
            ip = _network(link, packet)
            tcp = getattr(ip, "data", None)
            if not isinstance(tcp, dpkt.tcp.TCP):
                continue
            source, target = (ip.src, tcp.sport), (ip.dst, tcp.dport)  # type: ignore[attr-defined]
            stream = found.setdefault(frozenset((source, target)), Stream())
            syn = bool(tcp.flags & dpkt.tcp.TH_SYN)
            if stream.client is None:
                answers = syn and tcp.flags & dpkt.tcp.TH_ACK
                lower = tcp.sport < tcp.dport and not syn
                stream.client = target if answers or lower else source
            speaker = CLIENT if source == stream.client else SERVER
            stream.take(speaker, tcp.seq, syn, bytes(tcp.data))
    except (dpkt.Error, ValueError, OSError):
        pass
    return list(found.values())


def is_smtp(stream: Stream) -> bool:
    """Does the server greet as a mail server does?"""
    heard = b"".join(octets for speaker, octets in stream.said if speaker == SERVER)
    said = b"".join(octets for speaker, octets in stream.said if speaker == CLIENT)
    return heard[:3] == b"220" and said[:4].upper() in (b"EHLO", b"HELO", b"MAIL")


@dataclass
class Told:
    """What the oracles of a capture say was in it."""

    senders: set[str] = field(default_factory=set)
    recipients: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    helos: set[str] = field(default_factory=set)
    subjects: set[str] = field(default_factory=set)
    commands: list[str] = field(default_factory=list)
    anomalies: set[str] = field(default_factory=set)


def _bare(address: str) -> str:
    return address.strip().strip("\"'").strip("<>").lower()


_FILTER = re.compile(r"\n\s*- filter:")
_COUNT = re.compile(r"count:\s*(\d+)")
_YAML = re.compile(
    r"^\s*(smtp\.mail_from|smtp\.helo|smtp\.rcpt_to\[\d+\]|email\.attachment\[\d+\]"
    r"|fileinfo\.filename|files\[\d+\]\.filename|anomaly\.event):\s*(.+?)\s*$",
    re.MULTILINE,
)
_REQUEST = re.compile(r"^(?:smtp_request, )?\w+, T, ([A-Z]+), ", re.MULTILINE)


def told(oracles: list[Path]) -> Told:
    """Read Suricata's expectations, Zeek's logs and events, Arkime's sessions."""
    out = Told()
    for oracle in oracles:
        text = oracle.read_text("utf-8", "replace")
        if oracle.suffix == ".yaml":
            for check in _FILTER.split(text):
                count = _COUNT.search(check)
                if count is None or count[1] != "0":
                    _suricata(check, out)
        elif oracle.name.endswith("weird.log"):
            out.anomalies.update(re.findall(r"\t(smtp_\w+)\t", text))
        elif oracle.suffix == ".log" and "smtp" in oracle.name:
            _zeek(text, out)
        elif oracle.suffix == ".test":
            _arkime(text, out)
        elif "bdat" in oracle.name and oracle.name.endswith("__out"):
            out.commands += _REQUEST.findall(text)
    return out


def _suricata(check: str, out: Told) -> None:
    for key, value in _YAML.findall(check):
        text = value.strip("\"'")
        if key == "smtp.mail_from":
            out.senders.add(_bare(value))
        elif key == "smtp.helo":
            out.helos.add(text)
        elif key.startswith("smtp.rcpt_to"):
            out.recipients.add(_bare(value))
        elif key == "anomaly.event":
            out.anomalies.add(text)
        else:
            out.files.add(text)


def _zeek(text: str, out: Told) -> None:
    names: list[str] = []
    for line in text.splitlines():
        cells = line.split("\t")
        if cells[0] == "#fields":
            names = cells[1:]
        elif not line.startswith("#") and "mailfrom" in names:
            row = {k: v for k, v in zip(names, cells, strict=False) if v != "-"}
            if "mailfrom" in row:
                out.senders.add(_bare(row["mailfrom"]))
            if "rcptto" in row:
                out.recipients.update(_bare(one) for one in row["rcptto"].split(","))
            if "helo" in row:
                out.helos.add(row["helo"])
            if "subject" in row:
                out.subjects.add(row["subject"])


def _arkime(text: str, out: Told) -> None:
    for session in json.loads(text).get("sessions3", []):
        email = session["body"].get("email", {})
        out.files.update(email.get("filename", []))
        out.helos.update(email.get("smtpHello", []))
        out.subjects.update(email.get("subject", []))
        out.senders.update(_bare(one) for one in email.get("src", []))
        out.recipients.update(_bare(one) for one in email.get("dst", []))
