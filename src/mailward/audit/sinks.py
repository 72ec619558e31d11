"""Sinks: where records go, as lines of text or of JSON.

Knows: the two dresses of a record and the names of JSON's fields.
Does not know: when a record is due, what the stream behind it is.
Called by: `audit.auditor`; made by whoever opens the stream.

A sink never stops mail: what cannot be written is counted as lost.
"""

import json
from datetime import UTC, datetime  # noqa: TID251 - audit alone formats times
from functools import cache
from typing import Final, Protocol, TextIO, final

from mailward import __version__
from mailward.audit.records import BY_NUMBER, Record
from mailward.audit.rows import Field
from mailward.policy.endpoints import Endpoints

#: What Elastic Common Schema calls the severities.
ECS_LEVELS: Final = (
    "emergency",
    "alert",
    "critical",
    "error",
    "warning",
    "notification",
    "informational",
    "debug",
)

#: The fields of a JSON line, by their dotted names: the reference's table.
FIELDS: Final = (
    ("@timestamp", "when, UTC, to the millisecond"),
    ("ecs.version", "the version of Elastic Common Schema"),
    ("event.code", "number of the record"),
    ("event.action", "the record in a word"),
    ("event.kind", "always `event`"),
    ("event.category", "always `network`"),
    ("event.severity", "0 emergencies to 7 debugging"),
    ("event.reason", "why the connection ended"),
    ("event.duration", "of the connection, in nanoseconds"),
    ("log.level", "the severity in a word"),
    ("message", "the record as the text log has it"),
    ("observer.vendor", "always `mailward`"),
    ("observer.product", "always `mailward`"),
    ("observer.type", "always `firewall`"),
    ("observer.version", "version of mailward"),
    ("observer.ingress.interface.name", "interface of the client"),
    ("observer.egress.interface.name", "interface of the server"),
    ("source.ip", "address of the client, whoever spoke"),
    ("source.port", "port of the client"),
    ("destination.ip", "address of the server"),
    ("destination.port", "port of the server"),
    ("network.transport", "always `tcp`"),
    ("network.protocol", "always `smtp`"),
    ("network.direction", "`inbound` or `outbound`"),
    ("network.bytes", "octets of the connection, both ways"),
    ("rule.name", "the inspection map"),
    ("rule.ruleset", "the policy map that attaches it"),
    ("rule.id", "class number: place of the match in its map"),
    ("rule.description", "the match line"),
    ("email.from.address", "the sender, where a match on the sender held"),
    ("error.message", "what went wrong, with a traceback if there is one"),
    ("user.name", "the administrator"),
    ("process.command_line", "what the administrator typed"),
    ("esmtp.connection", "number of the connection"),
    ("esmtp.finding", "kind of the finding"),
    ("esmtp.speaker", "`client` or `server`: whose octets they were"),
    ("esmtp.verdict", "`pass`, `drop` or `reset`"),
    ("esmtp.evidence", "octets of the wire, escaped and cut"),
    ("esmtp.detail", "what the finding adds, escaped and cut"),
    ("esmtp.count", "how many, where the finding counts"),
)


class Sink(Protocol):
    """Takes records, and never raises on account of the world."""

    def write(self, record: Record) -> None:
        """Write one record, or count it as lost."""


@final
class TextSink:
    """The appliance's lines.  `lost` counts records that could not be written."""

    __slots__ = ("_stream", "lost")

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.lost = 0

    def write(self, record: Record) -> None:
        """One line; OSError and ValueError of the stream are counted."""
        try:
            self._stream.write(record.line() + "\n")
        except (OSError, ValueError):
            self.lost += 1


@final
class JsonSink:
    """One JSON object a line, with nested names of Elastic Common Schema."""

    __slots__ = ("_stream", "lost")

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.lost = 0

    def write(self, record: Record) -> None:
        """One line; OSError and ValueError of the stream are counted."""
        try:
            self._stream.write(json.dumps(_nested(_flat(record))) + "\n")
        except (OSError, ValueError):
            self.lost += 1


def _flat(record: Record) -> dict[str, Field]:
    """A record as dotted names and values."""
    when = datetime.fromtimestamp(record.time, UTC).isoformat(timespec="milliseconds")
    out: dict[str, Field] = {
        "@timestamp": when.replace("+00:00", "Z"),
        "ecs.version": "8.11.0",
        "event.code": str(record.number),
        "event.action": BY_NUMBER[record.number].action,
        "event.kind": "event",
        "event.category": ["network"],
        "event.severity": record.severity,
        "log.level": ECS_LEVELS[record.severity],
        "message": record.line(),
        "observer.vendor": "mailward",
        "observer.product": "mailward",
        "observer.type": "firewall",
        "observer.version": __version__,
    }
    if record.ends is not None:
        out.update(_connection(record.ends))
    out.update(record.fields)
    return out


def _connection(ends: Endpoints) -> dict[str, Field]:
    """Source is always the client, so that one connection has one source."""
    return {
        "observer.ingress.interface.name": ends.client_interface,
        "observer.egress.interface.name": ends.server_interface,
        "source.ip": ends.client_address,
        "source.port": ends.client_port,
        "destination.ip": ends.server_address,
        "destination.port": ends.server_port,
        "network.transport": "tcp",
        "network.protocol": "smtp",
        "network.direction": "inbound" if ends.inbound else "outbound",
    }


#: What `json.dumps` is given: values, and objects of them.
_Tree = dict[str, "Field | _Tree"]


def _nested(flat: dict[str, Field]) -> _Tree:
    """Dotted names as objects within objects, as ECS stores them."""
    out: _Tree = {}
    for name, value in flat.items():
        path, last = _parted(name)
        here = out
        for step in path:
            deeper = here.setdefault(step, {})
            assert isinstance(deeper, dict)
            here = deeper
        here[last] = value
    return out


@cache
def _parted(name: str) -> tuple[tuple[str, ...], str]:
    """The objects around a field, and its own name; kept, for names are few."""
    *path, last = name.split(".")
    return tuple(path), last
