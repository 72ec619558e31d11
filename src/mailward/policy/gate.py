"""The gate: may a connection pass, and which inspection does it get, if any.

Knows: attachments in order, traffic classes, the levels of the interfaces.
Does not know: how a class is written, what an inspection does.
Called by: drivers (once per connection), console (reads the attachments).
"""

from dataclasses import dataclass, field
from typing import Final, final

from mailward.policy.access import Access, Denial, Hit
from mailward.policy.acl import AccessList, Ports
from mailward.policy.endpoints import Endpoints
from mailward.policy.inspection import Inspection
from mailward.policy.tally import Tally

#: The place of an attachment that is on every interface.
GLOBAL: Final = "global"
#: What `match default-inspection-traffic` means for esmtp.
DEFAULT_PORTS: Final[tuple[Ports, ...]] = ((25, 25),)


@final
@dataclass(frozen=True)
class Traffic:
    """What a class-map matches: connections to these ports of the server that
    the access list, if there is one, permits."""

    ports: tuple[Ports, ...]
    access_list: AccessList | None = None

    def holds(self, ends: Endpoints) -> bool:
        """Does the connection belong to the class?"""
        if not any(low <= ends.server_port <= high for low, high in self.ports):
            return False
        return self.access_list is None or self.access_list.permits(ends)


@final
class Attachment:
    """An inspection in force at a place, with its tally.

    `place` is GLOBAL or the name of an interface, `policy_map`, `class_map`
    and `map_name` are the names that `show service-policy` prints.
    """

    __slots__ = (
        "class_map",
        "inspection",
        "map_name",
        "place",
        "policy_map",
        "tally",
        "traffic",
    )

    def __init__(
        self,
        place: str,
        policy_map: str,
        class_map: str,
        traffic: Traffic,
        inspection: Inspection,
    ) -> None:
        self.place = place
        self.policy_map = policy_map
        self.class_map = class_map
        self.traffic = traffic
        self.inspection = inspection
        self.map_name = inspection.name
        self.tally = Tally(inspection)


@final
@dataclass(frozen=True)
class Gate:
    """Attachments in the order of `show` (global first, then by interface; the
    classes of one policy in their order), and the security level of each
    interface by its name.  `both_ways`: inspect connections to a less trusted
    side too.  `access` says which connections may pass at all."""

    attachments: tuple[Attachment, ...]
    levels: dict[str, int] = field(default_factory=dict)
    both_ways: bool = False
    access: Access = field(default_factory=Access)

    def admits(
        self,
        ends: Endpoints,
        logged: list[Hit] | None = None,
        *,
        by_level: bool = True,
    ) -> Denial | None:
        """Why a new connection may not pass; None: it may.  See
        `policy.access`."""
        return self.access.admits(ends, self.levels, logged, by_level=by_level)

    def choose(self, ends: Endpoints) -> Attachment | None:
        """What a new connection obeys; None: it passes uninspected.

        A policy on an interface wins over the global one, the side of the
        client over the side of the server (an interface is watched in both
        directions); within a policy the first class that holds.
        """
        if not self.watches(ends):
            return None
        client, server = ends.client_interface, ends.server_interface
        found = self._at(client, ends)
        if found is None and server != client:
            found = self._at(server, ends)
        if found is None and GLOBAL not in (client, server):
            found = self._at(GLOBAL, ends)
        return found

    def _at(self, place: str, ends: Endpoints) -> Attachment | None:
        """The first class at a place that holds.  An access list counts how often it
        is asked, so no place is asked twice."""
        for attachment in self.attachments:
            if attachment.place == place and attachment.traffic.holds(ends):
                return attachment
        return None

    def watches(self, ends: Endpoints) -> bool:
        """Are connections between these interfaces inspected at all?

        From a higher to a lower security level, both known, they are not (a
        deliberate difference from later appliances, which inspect both ways;
        docs/decisions).
        """
        if self.both_ways:
            return True
        client = self.levels.get(ends.client_interface)
        server = self.levels.get(ends.server_interface)
        return client is None or server is None or client <= server
