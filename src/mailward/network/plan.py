"""The plan: which connections the kernel must hand to the relay.

Knows: what the gate could inspect, by ingress and egress interface; the ports
at which the relay takes them.
Does not know: how the kernel is told.
Called by: cli (`network`, `run --transparent`), `network.nft`.

The plan says the same as `Gate.choose`, in terms that the kernel can ask: for
each pair of interfaces the traffic of every attachment in force there.  It may
never say less; where the kernel asks before the relay, what the gate would pass
uninspected is not touched at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, final

from mailward.errors import MailwardError
from mailward.policy.endpoints import Endpoints
from mailward.policy.gate import GLOBAL, Gate, Traffic

#: One number for everything that is ours in the kernel: the mark of diverted
#: packets, the routing table they are looked up in, the preference of the rule,
#: and the first port of the relay.  ("mw", and below the ports of clients.)
NUMBER: Final = 0x6D77
#: Interfaces have a port each: no more than lie below the ports of clients.
INGRESSES_MOST: Final = 1024
#: A name of a network device, as Linux has them.
_DEVICE_MOST: Final = 15


class NetworkError(MailwardError):
    """What stands in the way of transparent mode, in one line."""


@final
@dataclass(frozen=True)
class Ingress:
    """An interface on which connections are taken: its name in the
    configuration, its Linux device, the relay's port for what comes in there,
    and the traffic taken by the device that it leaves through."""

    name: str
    device: str
    port: int
    taken: tuple[tuple[str, tuple[Traffic, ...]], ...]


@final
@dataclass(frozen=True)
class Plan:
    """The ingress interfaces in the order of the configuration, and every
    device of the configuration by the name of its interface."""

    ingresses: tuple[Ingress, ...]
    devices: Mapping[str, str]

    @property
    def ports(self) -> dict[int, str]:
        """The interface that a connection came in through, by the relay's port."""
        return {ingress.port: ingress.name for ingress in self.ingresses}


def planned(gate: Gate, devices: Mapping[str, str]) -> Plan:
    """What to take, given the Linux device of each named interface.

    The port of an interface is its place in `devices`: it does not move when a
    policy does.  Raises NetworkError for names that cannot be devices.
    """
    _sane(devices)
    ingresses = []
    for place, (name, device) in enumerate(devices.items()):
        taken = []
        for other, leaving in devices.items():
            traffic = _inspected(gate, name, other)
            if traffic:
                taken.append((leaving, traffic))
        ingresses.append(Ingress(name, device, NUMBER + place, tuple(taken)))
    return Plan(tuple(ingresses), dict(devices))


def _inspected(gate: Gate, client: str, server: str) -> tuple[Traffic, ...]:
    """The traffic of every attachment that may be in force between two
    interfaces, each class once."""
    ends = Endpoints(client, "", 0, server, "", 0)
    if not gate.watches(ends):
        return ()
    places = (client, server, GLOBAL)
    return tuple(
        dict.fromkeys(
            attachment.traffic
            for attachment in gate.attachments
            if attachment.place in places and attachment.traffic.ports
        )
    )


def _sane(devices: Mapping[str, str]) -> None:
    """Names that the kernel can have, and each device once."""
    if not devices:
        raise NetworkError("the configuration names no interface (nameif)")
    if len(devices) > INGRESSES_MOST:
        raise NetworkError(f"more than {INGRESSES_MOST} interfaces")
    known: dict[str, str] = {}
    for name, device in devices.items():
        if not _is_device(device):
            raise NetworkError(
                f"interface {name}: '{device}' cannot be a device of Linux; say "
                f"which is meant: mailward interface {name} LINUXNAME"
            )
        if device in known:
            raise NetworkError(f"interfaces {known[device]} and {name}: both {device}")
        known[device] = name


def _is_device(name: str) -> bool:
    """Could a device be called that?  (The kernel's own rules, and no quote.)"""
    return (
        0 < len(name) <= _DEVICE_MOST
        and name not in (".", "..")
        and all("!" <= sign <= "~" and sign not in '/:"\\*' for sign in name)
    )
