"""What a configuration means, in plain words.

Knows: the sentences of `mailward check`, in their order.
Does not know: files, exit codes, the words of a single rule (`cli.plain`).
Called by: the command `check`, `cli.document`.
"""

from collections.abc import Iterator
from typing import Final

from mailward.cli import plain
from mailward.config.load import Loaded
from mailward.policy.acl import AccessList
from mailward.policy.gate import GLOBAL, Attachment
from mailward.policy.logs import DESTINATIONS, LEVELS, Logging
from mailward.policy.places import NEVER, Publication

#: So many line numbers are told of each sort of line.
_SHOWN_MOST: Final = 8
_SMTP: Final = 25


def means(attachment: Attachment) -> list[str]:
    """What an inspection does, a plain sentence each."""
    inspection = attachment.inspection
    parameters = inspection.parameters
    out: list[str] = []
    if inspection.monitor:
        out.append("monitor mode: nothing of this is done, it is counted and logged")
    if parameters.mask_banner:
        out.append("the server's banner is covered with asterisks")
    if parameters.mail_relay:
        domain = parameters.local_domain.decode("utf-8", "replace")
        done = plain.done(parameters.mail_relay)
        out.append(f"mail that is relayed past {domain}: {done}")
    if parameters.special_character:
        done = plain.done(parameters.special_character)
        out.append(f"special characters in a mail address: {done}")
    if parameters.allow_tls:
        logged = " and logged" if parameters.allow_tls_log else ""
        out.append(f"STARTTLS is allowed{logged}; what follows it is not inspected")
    else:
        out.append("STARTTLS is hidden from clients")
    out.extend(map(plain.rule, inspection.rules))
    return out


def sentences(config: str, loaded: Loaded) -> list[str]:
    """The report for people, a line each."""
    lines = loaded.lines
    counts = f"{lines.active} lines active, {lines.kept} kept, {lines.ignored} ignored"
    out = [f"{config}: {counts}", *verdict(loaded)]
    for attachment in loaded.gate.attachments:
        out.append("")
        out.extend(_attachment(attachment, loaded))
    for head, body in (
        ("Interfaces", list(_interfaces(loaded))),
        ("Who may pass at all", _passing(loaded)),
        ("Published servers", list(map(_published, loaded.publications))),
        ("Records", _records(loaded.logging)),
        ("Times", _times(loaded)),
        ("What the configuration asks for and does not get here", _asked(loaded)),
    ):
        if body:
            out += ["", f"{head}:", *(f"  {line}" for line in body)]
    return out


_NOTHING: Final = (
    "Nothing is inspected: mail passes as it is. No `service-policy` puts a policy in "
    "force that has `inspect esmtp`."
)


def verdict(loaded: Loaded) -> list[str]:
    """What comes of it all, and how it is run."""
    attachments = loaded.gate.attachments
    if not attachments:
        return [_NOTHING]
    asks = [a for a in attachments if _port(a, _SMTP)]
    maps = ", ".join(dict.fromkeys(a.map_name for a in asks or attachments))
    what = "Mail to port 25 is" if asks else "Mail to port 25 is not, other ports are"
    out = [f"{what} inspected by {maps}."]
    if loaded.publications:
        out.append("`mailward run CONFIG` listens where servers are published.")
    return out


# --- inspections ------------------------------------------------------------------


def _attachment(attachment: Attachment, loaded: Loaded) -> Iterator[str]:
    a = attachment
    yield f"Map {a.map_name} (policy {a.policy_map}, class {a.class_map}):"
    yield f"  inspects {connections(a)}"
    made = a.traffic.access_list
    if made is not None:
        yield f"  as far as access list {made.name} says:"
        yield from (f"    {sentence}" for sentence in plain.entries(made))
    yield f"  {where(a, loaded)}"
    yield from (f"  - {sentence}" for sentence in means(a))


def connections(attachment: Attachment) -> str:
    """Which connections belong to the class."""
    return f"connections to {plain.ports(attachment.traffic.ports)}"


def where(attachment: Attachment, loaded: Loaded) -> str:
    """From which interfaces to which, as far as they are known."""
    place, gate = attachment.place, loaded.gate
    names = [one.name for one in loaded.interfaces if one.up]
    if place != GLOBAL and place not in names:
        either = (
            "in either direction" if gate.both_ways else "from its less trusted side"
        )
        return f"on interface {place}, {either}"
    if not names:
        return "on every interface" if gate.both_ways else _TO_TRUSTED
    said: list[str] = []
    for come in names:
        goes = [
            go
            for go in names
            if go != come
            and place in (GLOBAL, come, go)
            and (gate.both_ways or gate.levels[come] <= gate.levels[go])
        ]
        if goes:
            said.append(f"from {come} to {', '.join(goes)}")
    others = {a.place for a in gate.attachments} - {GLOBAL}
    rest = ", unless the policy of an interface takes them" if others else ""
    if not said:
        return "between no two of the interfaces that are named here"
    return "; ".join(said) + (rest if place == GLOBAL else "")


_TO_TRUSTED: Final = "on every interface, to a side that is trusted as much or more"


def _port(attachment: Attachment, port: int) -> bool:
    """May a connection to this port belong to the class?"""
    traffic = attachment.traffic
    spans = [traffic.ports]
    if traffic.access_list is not None:
        lists = [e for e in traffic.access_list.entries if e.live and e.permit]
        spans.append(tuple(s for e in lists for s in e.destination_ports))
    return all(any(low <= port <= high for low, high in some) for some in spans)


# --- places -----------------------------------------------------------------------


def _interfaces(loaded: Loaded) -> Iterator[str]:
    for one in loaded.interfaces:
        device = "" if one.device == one.hardware else f", here {one.device}"
        addresses = "".join(f", {address}" for address in one.addresses)
        down = "" if one.up else ", shut down"
        yield f"{one.name}: level {one.level}, {one.hardware}{device}{addresses}{down}"


def _passing(loaded: Loaded) -> list[str]:
    """Access groups, or the rule that holds without any."""
    access = loaded.gate.access
    out = [
        *(s for at, a in access.entrances.items() for s in _list(f"by {at} enters", a)),
        *(s for at, a in access.exits.items() for s in _list(f"by {at} leaves", a)),
    ]
    if access.everywhere is not None:
        out += _list("anywhere enters", access.everywhere)
    elif loaded.interfaces:
        out.append(
            "anything else: to a less trusted side only (with `--listen`: whatever "
            "comes)"
        )
    if access.between:
        out.append("interfaces of one level may speak with each other")
    if access.within:
        out.append("a connection may leave by the interface where it came")
    return out


def _list(how: str, made: AccessList) -> Iterator[str]:
    """A list that filters, and what it says of mail."""
    yield f"{how} what access list {made.name} permits; to port {_SMTP}:"
    yield from (f"  {sentence}" for sentence in plain.entries(made, _SMTP))


def _published(one: Publication) -> str:
    address = one.address or "the interface's own address"
    return (
        f"{one.outside} {address} port {one.port} is {one.inside} "
        f"{one.real_address} port {one.real_port} (line {one.line})"
    )


# --- records and times --------------------------------------------------------------


def _records(logging: Logging) -> list[str]:
    """Where they go; nothing where the configuration says nothing."""
    if logging == Logging():
        return []
    if not logging.enabled:
        return ["`logging enable` is missing: only what `mailward run` was told"]
    out = [
        f"{place}: {_level(logging.levels[place])}"
        for place in DESTINATIONS
        if place in logging.levels
    ]
    for host in logging.hosts:
        tls = " with TLS" if host.secure else ""
        out.append(
            f"server {host.address} by {host.interface}, "
            f"{host.protocol.upper()} port {host.port}{tls}"
        )
    if logging.hosts and "trap" not in logging.levels:
        out.append("nothing is sent to servers: `logging trap LEVEL` is missing")
    if logging.disabled:
        out.append(f"switched off: {', '.join(map(str, sorted(logging.disabled)))}")
    return out


def _level(level: int | str) -> str:
    if isinstance(level, str):
        return f"what the list {level} chooses"
    return f"{LEVELS[level]} and what is more severe"


def _times(loaded: Loaded) -> list[str]:
    """Only where they differ from what holds anyway."""
    times, usual = loaded.timeouts, type(loaded.timeouts)()
    return [
        f"{what}: {_clock(seconds)}"
        for what, seconds, default in (
            ("a connection that is idle", times.conn, usual.conn),
            ("one that a side has closed", times.half_closed, usual.half_closed),
        )
        if seconds != default
    ]


def _clock(seconds: float) -> str:
    if seconds == NEVER:
        return "for ever"
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


# --- what is not honoured -----------------------------------------------------------


def _asked(loaded: Loaded) -> list[str]:
    """What the configuration asks for and does not get: what it is about, the
    first words of the lines, and their numbers."""
    out: list[str] = []
    for topic, accounts in plain.topics(loaded.accounts).items():
        words = dict.fromkeys(map(plain.word_of, accounts))
        shown = ", ".join(list(words)[:_SHOWN_MOST])
        more = ", …" if len(words) > _SHOWN_MOST else ""
        at = sorted({account.line for account in accounts})
        out.append(f"{topic} ({shown}{more}): line{'s'[: len(at) > 1]} {_some(at)}")
    return out


def _some(numbers: list[int]) -> str:
    """Numbers of lines, neighbours as a range; the first of many."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    said = [f"{low}" if low == high else f"{low}-{high}" for low, high in spans]
    shown = ", ".join(said[:_SHOWN_MOST])
    left = numbers[-1:] and sum(high - low + 1 for low, high in spans[_SHOWN_MOST:])
    return f"{shown} and {left} more" if left else shown
