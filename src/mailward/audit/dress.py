"""Dress: the header that a record bears in a log (`reference section 6.1`).

Knows: the appliance's headers, RFC 5424, which settings ask for which.
Does not know: where the line goes, how it is framed there.
Called by: `audit.sinks`, the drivers that send to log servers.

A dress makes a line without its end.  It remembers the second it was last asked
for, so each destination has its own.
"""

from typing import Final, Protocol, final

from mailward.audit.ecs import Ecs
from mailward.audit.records import Record
from mailward.audit.rows import tag
from mailward.audit.stamps import Precise, Stamp, legacy, rfc5424
from mailward.policy.logs import Logging, LogHost, class_of

#: `logging facility`: local4.
FACILITY: Final = 20

# `logging timestamp`.
NONE: Final = ""
LEGACY: Final = "legacy"
RFC5424: Final = "rfc5424"
#: A form of servers.
JSON: Final = "json"

#: Its longest fields, by RFC 5424.
_HOST: Final = 255


class Dress(Protocol):
    """Makes a line of a record."""

    def line(self, record: Record) -> str:
        """The line, without its end."""


@final
class Bare:
    """`%ASA-6-302013: Built …`, and nothing before it."""

    __slots__ = ()

    def line(self, record: Record) -> str:
        """See Dress."""
        return f"{record.row.head}{record.text}"


BARE: Final = Bare()


@final
class Headed:
    """With a time, a device or both: `Apr 24 2013 16:00:28 INT-FW01 : %ASA-…`."""

    __slots__ = ("_stamp", "_tail")

    def __init__(self, timestamp: str, device: str) -> None:
        self._stamp = _stamp(timestamp)
        if device:
            self._tail = f"{' ' if self._stamp else ''}{device} : "
        else:
            self._tail = ": " if self._stamp else ""

    def line(self, record: Record) -> str:
        """See Dress."""
        time = self._stamp.of(record.time) if self._stamp else ""
        return f"{time}{self._tail}{record.row.head}{record.text}"


@final
class Emblem:
    """`format emblem`: `:Apr 15 2014 09:34:34 UTC: %ASA-session-5-106100: …`.

    The class stands in the tag, the device nowhere.
    """

    __slots__ = ("_stamp", "_zone")

    def __init__(self, timestamp: str) -> None:
        self._stamp = _stamp(timestamp)
        self._zone = "" if timestamp == RFC5424 else " UTC"

    def line(self, record: Record) -> str:
        """See Dress."""
        time = f"{self._stamp.of(record.time)}{self._zone}: " if self._stamp else ""
        row = record.row
        return (
            f":{time}%{tag(row.number)}-{class_of(row.number)}-{row.severity}-"
            f"{row.number}: {record.text}"
        )


@final
class Structured:
    """RFC 5424 in full, behind its PRI: the number is its MSGID."""

    __slots__ = ("_host", "_time")

    def __init__(self, host: str) -> None:
        shown = "".join(c for c in host if "!" <= c <= "~")[:_HOST]
        self._host = shown or "-"
        self._time = Precise()

    def line(self, record: Record) -> str:
        """See Dress."""
        row = record.row
        return (
            f"1 {self._time.of(record.time)} {self._host} mailward - {row.number} - "
            f"{row.head}{record.text}"
        )


@final
class Prioritized:
    """`<166>` before another dress: what goes over the wire."""

    __slots__ = ("_base", "_inner")

    def __init__(self, inner: Dress, facility: int = FACILITY) -> None:
        self._inner = inner
        self._base = facility * 8

    def line(self, record: Record) -> str:
        """See Dress."""
        return f"<{self._base + record.row.severity}>{self._inner.line(record)}"


def for_place(logging: Logging) -> Dress:
    """For every place but a server: what `logging timestamp`, `logging device-id` and
    `logging emblem` ask for."""
    if logging.emblem:
        return Emblem(logging.timestamp)
    return headed(logging.timestamp, logging.device_id)


def for_host(host: LogHost, logging: Logging, name: str) -> Dress:
    """For a server; `name` is this host's, for RFC 5424."""
    if host.form == JSON:
        return Ecs()
    if host.form == RFC5424:
        inner: Dress = Structured(name)
    elif host.emblem:
        inner = Emblem(logging.timestamp)
    else:
        inner = headed(logging.timestamp, logging.device_id)
    return Prioritized(inner, logging.facility)


def headed(timestamp: str, device: str) -> Dress:
    """A time and a device, each only if it is wanted."""
    return Headed(timestamp, device) if timestamp or device else BARE


def _stamp(timestamp: str) -> Stamp | None:
    if timestamp == NONE:
        return None
    return Stamp(rfc5424 if timestamp == RFC5424 else legacy)
