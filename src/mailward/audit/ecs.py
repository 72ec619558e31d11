"""ECS: a record as one JSON object, with the names of Elastic Common Schema.

Knows: the names of the fields, which of them every record has.
Does not know: when a record is due, where the line goes.
Called by: `audit.dress`, `audit.manual`.

What is the same for all records of a row is made into text once; `source`,
`destination` and their kin are written by hand.  Only what a record adds to that goes
through an encoder.
"""

import json
from functools import cache
from json.encoder import encode_basestring_ascii
from typing import Final, final

from mailward import __version__
from mailward.audit.records import Record
from mailward.audit.rows import Field, RecordRow
from mailward.audit.stamps import Precise
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
    ("event.outcome", "`success` or `failure`: what an access list decided"),
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
    ("rule.ruleset", "the policy map that attaches it; or the access list"),
    ("rule.id", "class number: place of the match in its map"),
    ("rule.description", "the match line"),
    ("email.from.address", "the sender, where a match on the sender held"),
    ("error.message", "what went wrong, with a traceback if there is one"),
    ("user.name", "the administrator"),
    ("process.command_line", "what the administrator typed"),
    ("esmtp.connection", "number of the connection"),
    ("esmtp.finding", "kind of the finding"),
    ("esmtp.speaker", "`client` or `server`: whose octets they were"),
    ("esmtp.monitor", "`true` where the map is in monitor mode: nothing was done"),
    ("esmtp.verdict", "`pass`, `drop` or `reset`"),
    ("esmtp.evidence", "octets of the wire, escaped and cut"),
    ("esmtp.detail", "what the finding adds, escaped and cut"),
    ("esmtp.count", "how many, where the finding counts"),
)

#: What `json.dumps` is given: values, and objects of them.
_Tree = dict[str, "Field | _Tree"]

_SHIPPED: Final = (
    '"vendor": "mailward", "product": "mailward", "type": "firewall", '
    f'"version": "{__version__}"'
)
#: As `json.dumps`, without its wrapper; a default that nobody changes.
_encode: Final = json.JSONEncoder().encode


@final
class Ecs:
    """Makes lines; one for each destination, for it remembers the second."""

    __slots__ = ("_time",)

    def __init__(self) -> None:
        self._time = Precise()

    def line(self, record: Record) -> str:
        """The object, without a line end."""
        row = record.row
        event, network, others = _sorted_out(record)
        parts = [
            f'{{"@timestamp": "{self._time.of(record.time)}", {_head(row)}{event}}}',
            f'"message": {encode_basestring_ascii(record.line())}',
        ]
        if record.ends is None:
            parts.append(f'"observer": {{{_SHIPPED}}}')
        else:
            parts.append(_connection(record.ends, network))
        if others:
            parts.append(_encode(others)[1:-1])
        return ", ".join(parts) + "}"


@cache
def _head(row: RecordRow) -> str:
    """What all records of a row begin with, `event` still open."""
    return (
        '"ecs": {"version": "8.11.0"}, '
        f'"log": {{"level": "{ECS_LEVELS[row.severity]}"}}, '
        f'"event": {{"code": "{row.number}", "action": "{row.action}", '
        f'"kind": "event", "category": ["network"], "severity": {row.severity}'
    )


def _sorted_out(record: Record) -> tuple[str, str, _Tree]:
    """The fields of a record: what goes on with `event`, what goes on with
    `network`, and all the others as objects within objects."""
    event = network = ""
    others: _Tree = {}
    for name, value in record.fields.items():
        path, last = _parted(name)
        if path == _EVENT:
            event += f', "{last}": {_encode(value)}'
        elif path == _NETWORK:
            network += f', "{last}": {_encode(value)}'
        else:
            here = others
            for step in path:
                deeper = here.setdefault(step, {})
                assert isinstance(deeper, dict)
                here = deeper
            here[last] = value
    return event, network, others


_EVENT: Final = ("event",)
_NETWORK: Final = ("network",)


def _connection(ends: Endpoints, network: str) -> str:
    """Source is always the client, so that one connection has one source."""
    way = "inbound" if ends.inbound else "outbound"
    return (
        f'"observer": {{{_SHIPPED}, "ingress": {{"interface": {{"name": '
        f'{encode_basestring_ascii(ends.client_interface)}}}}}, "egress": '
        f'{{"interface": {{"name": '
        f"{encode_basestring_ascii(ends.server_interface)}}}}}}}, "
        f'"source": {{"ip": {encode_basestring_ascii(ends.client_address)}, '
        f'"port": {ends.client_port}}}, '
        f'"destination": {{"ip": {encode_basestring_ascii(ends.server_address)}, '
        f'"port": {ends.server_port}}}, '
        f'"network": {{"transport": "tcp", "protocol": "smtp", '
        f'"direction": "{way}"{network}}}'
    )


@cache
def _parted(name: str) -> tuple[tuple[str, ...], str]:
    """The objects around a field, and its own name; kept, for names are few."""
    *path, last = name.split(".")
    return tuple(path), last
