"""Connections: the two records that every connection leaves.

Knows: the sentences of 302013 and 302014, what JSON adds to them.
Does not know: when they are due, who hears of them.
Called by: `audit.auditor`.

Each connection writes these two, so their sentences are not filled by name: they
stand here once more, and a test holds them to the templates of the catalogue.
"""

from collections.abc import Mapping
from typing import Final, final

from mailward.audit.records import Record
from mailward.audit.rows import Field, RecordRow
from mailward.audit.words import clock, ended_fields
from mailward.policy.endpoints import Endpoints
from mailward.policy.gate import Attachment

_NONE: Final[Mapping[str, Field]] = {}


@final
class Built(Record):
    """302013: connection `connection` stands on both sides."""

    __slots__ = ("connection",)

    def __init__(
        self, row: RecordRow, connection: int, ends: Endpoints, time: float
    ) -> None:
        super().__init__(row, built(connection, ends), time, _NONE, ends)
        self.connection = connection

    @property
    def fields(self) -> Mapping[str, Field]:
        """See Record."""
        return {"esmtp.connection": self.connection}


@final
class Ended(Record):
    """302014: it is over, after `lasted` seconds and `octets` of both sides."""

    __slots__ = ("attachment", "connection", "lasted", "octets", "reason", "verdict")

    def __init__(
        self,
        row: RecordRow,
        connection: int,
        ends: Endpoints,
        attachment: Attachment | None,
        verdict: int,
        reason: str,
        lasted: float,
        octets: int,
        time: float,
    ) -> None:
        text = ended(connection, ends, lasted, octets, reason)
        super().__init__(row, text, time, _NONE, ends)
        self.connection = connection
        self.attachment = attachment
        self.verdict = verdict
        self.reason = reason
        self.lasted = lasted
        self.octets = octets

    @property
    def fields(self) -> Mapping[str, Field]:
        """See Record."""
        return ended_fields(
            self.connection,
            self.attachment,
            self.verdict,
            self.reason,
            self.lasted,
            self.octets,
        )


def built(number: int, ends: Endpoints) -> str:
    """The sentence of 302013: the less trusted side first."""
    # Each in one piece: what is put together first is made and thrown away.
    client = ends.client_address
    server = ends.server_address
    if ends.inbound:
        return (
            f"Built inbound TCP connection {number} "
            f"for {ends.client_interface}:{client}/{ends.client_port} "
            f"({client}/{ends.client_port}) "
            f"to {ends.server_interface}:{server}/{ends.server_port} "
            f"({server}/{ends.server_port})"
        )
    return (
        f"Built outbound TCP connection {number} "
        f"for {ends.server_interface}:{server}/{ends.server_port} "
        f"({server}/{ends.server_port}) "
        f"to {ends.client_interface}:{client}/{ends.client_port} "
        f"({client}/{ends.client_port})"
    )


def ended(number: int, ends: Endpoints, lasted: float, octets: int, reason: str) -> str:
    """The sentence of 302014: the less trusted side first."""
    time = clock(int(lasted))
    if ends.inbound:
        return (
            f"Teardown TCP connection {number} "
            f"for {ends.client_interface}:{ends.client_address}/{ends.client_port} "
            f"to {ends.server_interface}:{ends.server_address}/{ends.server_port} "
            f"duration {time} bytes {octets} {reason}"
        )
    return (
        f"Teardown TCP connection {number} "
        f"for {ends.server_interface}:{ends.server_address}/{ends.server_port} "
        f"to {ends.client_interface}:{ends.client_address}/{ends.client_port} "
        f"duration {time} bytes {octets} {reason}"
    )
