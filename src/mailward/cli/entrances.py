"""Entrances: where clients come in, out of options and a configuration.

Knows: which doors are asked for; what is told when there are none, or when a
listener cannot be had.
Does not know: how a door works.
Called by: the command `run`.
"""

import errno
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, final

import typer

from mailward.cli.files import fail
from mailward.config.load import Loaded
from mailward.drivers.door import Route
from mailward.drivers.doors import Entrance
from mailward.drivers.tcp import Place, listening
from mailward.fleet.sockets import Sockets, opened
from mailward.network.plan import NetworkError, Plan, planned

#: The versions of the PROXY header that `--send-proxy` takes.
VERSIONS: Final = {"": 0, "v1": 1, "v2": 2}
#: Where the kernel says that it knows IPv6.
_SIX: Final = Path("/proc/net/if_inet6")


@final
@dataclass(frozen=True)
class Asked:
    """The options of `run` that say where connections come from and go to.  Places
    are resolved; without any, and not `transparent`, the configuration's static
    NAT says it."""

    listens: tuple[Place, ...]
    upstream: Place | None
    service: Place | None
    client_interface: str
    server_interface: str
    transparent: bool = False
    proxied: bool = False
    announced: int = 0
    xclient: bool = False


def version(text: str) -> int:
    """The version that `--send-proxy` names; 0 for none."""
    if text not in VERSIONS:
        raise typer.BadParameter(f"'{text}' is neither v1 nor v2")
    return VERSIONS[text]


def agree(
    *,
    listens: bool,
    upstream: bool,
    transparent: bool,
    proxied: bool,
    configured: bool,
) -> None:
    """Raises typer.BadParameter for options that exclude each other, or if none
    says where connections come from."""
    if transparent and (listens or upstream or proxied):
        raise typer.BadParameter(
            "--transparent takes what the kernel diverts: no --listen, no --upstream, "
            "no --proxy-protocol"
        )
    if not (listens or upstream or configured):
        raise typer.BadParameter("--listen and --upstream, or a CONFIG, are missing")
    if listens != upstream:
        raise typer.BadParameter("--listen and --upstream go together")


def entrances(asked: Asked, loaded: Loaded) -> tuple[Entrance, ...]:
    """All of them; NetworkError says what is missing."""
    if asked.transparent:
        return tuple(_diverted(asked, network_plan(loaded)))
    if asked.upstream is not None:
        return tuple(_by_hand(asked, asked.upstream))
    found = tuple(_published(asked, loaded))
    if not found:
        raise NetworkError(
            "nothing to listen at: the configuration publishes no mail server (nat … "
            "static … service tcp smtp smtp); name --listen and --upstream, or "
            "--transparent"
        )
    return found


def entrances_or_exit(asked: Asked, loaded: Loaded) -> tuple[Entrance, ...]:
    """All of them; or one line that says what is missing, and exit code 1."""
    try:
        return entrances(asked, loaded)
    except NetworkError as error:
        fail(str(error))


def network_plan(loaded: Loaded) -> Plan:
    """What a configuration means for the kernel.  Raises NetworkError."""
    devices = {each.name: each.device for each in loaded.interfaces if each.up}
    return planned(loaded.gate, devices)


def open_or_exit(entrance: Entrance, count: int) -> list[socket.socket]:
    """So many listening sockets; or one line that says why there are none."""

    def make(port: int, prepare: Callable[[socket.socket], None]) -> socket.socket:
        place = replace(entrance.place, port=port or entrance.place.port)
        return replace(entrance, place=place).listener(prepare)

    try:
        return opened(count, make)
    except OSError as error:
        fail(f"cannot listen on {entrance.place}: {_why(error)}")


def mail_sockets(
    sockets: Sockets, entrance: Entrance, count: int
) -> list[socket.socket]:
    """The sockets of an entrance: handed over, or opened now, so many."""
    place = entrance.place
    name = f"mail {place} {entrance.interface}"
    found = sockets.take(name) or sockets.take_at(name, place.host, place.port)
    if not found:
        found = open_or_exit(entrance, count)
        sockets.hold(name, found)
    return found


def one_socket(sockets: Sockets, what: str, place: Place) -> socket.socket:
    """The socket of a console or of the metrics: handed over, or opened now."""
    name = f"{what} {place}"
    found = sockets.take(name) or sockets.take_at(name, place.host, place.port)
    if not found:
        try:
            found = [listening(place)]
        except OSError as error:
            fail(f"--{what} {place}: {_why(error)}")
        sockets.hold(name, found)
    return found[0]


def _why(error: OSError) -> str:
    if error.errno == errno.EPERM:
        return "it needs the capability CAP_NET_RAW"
    if error.errno == errno.EACCES:
        return "a port below 1024 needs the capability CAP_NET_BIND_SERVICE"
    if error.errno == errno.EADDRNOTAVAIL:
        return "the address is none of this machine's"
    return error.strerror or str(error)


def _by_hand(asked: Asked, upstream: Place) -> Iterator[Entrance]:
    """--listen and --upstream."""
    route = Route(
        upstream,
        asked.service or Place(upstream.host, 25),
        asked.client_interface,
        asked.server_interface,
    )
    for place in asked.listens:
        yield Entrance(
            place,
            route,
            proxied=asked.proxied,
            announced=asked.announced,
            xclient=asked.xclient,
        )


def _published(asked: Asked, loaded: Loaded) -> Iterator[Entrance]:
    """The servers that static NAT publishes."""
    own = {each.name: each.addresses for each in loaded.interfaces}
    for each in loaded.publications:
        addresses = (each.address,) if each.address else own.get(each.outside, ())
        if not addresses:
            raise NetworkError(
                f"line {each.line}: interface {each.outside} has no address to "
                "publish a server at"
            )
        route = Route(
            Place(each.real_address, each.real_port),
            Place(each.service, each.service_port),
            each.outside,
            each.inside,
        )
        for address in addresses:
            # NAT does not lead from one family to the other.
            if (":" in address) == (":" in each.real_address):
                yield Entrance(
                    Place(address, each.port),
                    route,
                    by_level=True,
                    proxied=asked.proxied,
                    announced=asked.announced,
                    xclient=asked.xclient,
                )


def _diverted(asked: Asked, plan: Plan) -> Iterator[Entrance]:
    """What the kernel hands over, a port for each interface."""
    hosts = ("127.0.0.1", "::1") if _SIX.exists() else ("127.0.0.1",)
    for port, name in plan.ports.items():
        for host in hosts:
            yield Entrance(
                Place(host, port),
                interface=name,
                devices=plan.devices,
                by_level=True,
                announced=asked.announced,
                xclient=asked.xclient,
            )
