"""Interfaces: the shows of interfaces and their addresses.

Knows: the appliance's layout of each answer.
Does not know: where any of it comes from (`console.faces`).
Called by: `console.session`.
"""

from collections.abc import Iterator
from typing import Final

from mailward.audit.totals import Totals
from mailward.console.faces import Face, faces
from mailward.console.gateway import Gateway
from mailward.console.hardware import Card
from mailward.console.rows import CLEAR, EXEC, SHOW, Data, ShowRow
from mailward.drivers.totals import TRAFFIC
from mailward.lang.rows import NEVER, LineRow
from mailward.lang.tokens import Args, Maybe, OneOf, Ref, Word

#: An interface of which Linux knows nothing.
_VIRTUAL: Final = Card("0000.0000.0000", "", 0, True)


def _interface(args: Args, gateway: Gateway) -> str:
    wanted = args.text("interface") if args.has("interface") else ""
    out: list[str] = []
    for number, face in enumerate(faces(gateway), 1):
        if wanted in ("", face.name):
            out += _told(face, summary=args.has("summary"))
            if args.has("detail"):
                out += _control(number, face)
    return "".join(f"{line}\n" for line in out)


def _told(face: Face, *, summary: bool) -> Iterator[str]:
    card = face.card if face.card is not None else _VIRTUAL
    yield (
        f'Interface {face.hardware} "{face.name}", is {face.state}, line protocol is '
        f"{'up' if face.up else 'down'}"
    )
    if not summary:
        yield f"  Hardware is Virtual, BW {card.speed} Mbps, DLY 10 usec"
    if face.description and not summary:
        yield f"\tDescription: {face.description}"
    if not face.name:
        yield "\tAvailable but not configured via nameif"
    mtu = f"MTU {face.mtu}" if face.mtu else "MTU not set"
    yield f"\tMAC address {card.mac}, {mtu}"
    if face.address:
        yield f"\tIP address {face.address}, subnet mask {face.mask or 'unassigned'}"
    else:
        yield "\tIP address unassigned"


def _control(number: int, face: Face) -> Iterator[str]:
    """What `detail` adds."""
    active = "active" if face.up else "not active"
    yield "  Control Point Interface States:"
    yield f"\tInterface number is {number}"
    yield f"\tInterface config status is {active}"
    yield f"\tInterface state is {active}"


def _interface_data(args: Args, gateway: Gateway) -> Data:
    wanted = args.text("interface") if args.has("interface") else ""
    return [
        {
            "interface": face.hardware,
            "nameif": face.name,
            "security-level": face.level,
            "address": face.address,
            "mask": face.mask,
            "description": face.description,
            "status": face.state,
        }
        for face in faces(gateway)
        if wanted in ("", face.name)
    ]


def _brief(_args: Args, gateway: Gateway) -> str:
    head = f"{'Interface':<26} {'IP-Address':<15} OK? Method {'Status':<21} Protocol"
    rows = [
        (face.hardware, face.address or "unassigned", face.method, face.state, face.up)
        for face in faces(gateway)
    ]
    out = [
        f"{name:<26} {address:<15} YES {method:<6} {state:<21} {'up' if up else 'down'}"
        for name, address, method, state, up in rows
    ]
    out.insert(0, head)
    return "".join(f"{line}\n" for line in out)


def _nameif(_args: Args, gateway: Gateway) -> str:
    out = ["Interface                Name                     Security"]
    out += [
        f"{face.hardware:<24} {face.name:<24} {face.level:>3}"
        for face in faces(gateway)
        if face.name
    ]
    return "".join(f"{line}\n" for line in out)


def _addresses(_args: Args, gateway: Gateway) -> str:
    """Twice the same: there is no other unit that could hold them."""
    head = (
        f"{'Interface':<24} {'Name':<22} {'IP address':<15} {'Subnet mask':<15} Method "
    )
    rows = [
        f"{face.hardware:<24} {face.name:<22} {face.address:<15} {face.mask:<15} "
        f"{face.method:<6} "
        for face in faces(gateway)
        if face.address
    ]
    table = "".join(f"{line}\n" for line in (head, *rows))
    return f"System IP Addresses:\n{table}Current IP Addresses:\n{table}"


def _traffic(_args: Args, gateway: Gateway) -> str:
    """What mail has come and gone, by interface."""
    totals, now = gateway.totals(), gateway.clock()
    seconds = max(now - gateway.started, 1.0)
    out: list[str] = []
    for name, counts in _counted(gateway, totals):
        out.append(f"{name}:")
        for word, place in (("received", 0), ("transmitted", 2)):
            packets, octets = counts[place : place + 2]
            speeds = int(packets / seconds), int(octets / seconds)
            out += [
                f"\t{word} (in {seconds:.3f} secs):",
                f"\t\t{packets} packets\t{octets} bytes",
                f"\t\t{speeds[0]} pkts/sec\t{speeds[1]} bytes/sec",
            ]
        for minutes in (1, 5):
            rates = [
                gateway.meter.rate(now, f"{name} {place}", count, minutes * 60.0)
                for place, count in enumerate(counts)
            ]
            lead = f"      {minutes} minute"
            out += [
                f"{lead} input rate {rates[0]} pkts/sec,  {rates[1]} bytes/sec",
                f"{lead} output rate {rates[2]} pkts/sec,  {rates[3]} bytes/sec",
                f"{lead} drop rate, 0 pkts/sec",
            ]
    return "".join(f"{line}\n" for line in out)


def _traffic_data(_args: Args, gateway: Gateway) -> Data:
    names = ("packets-in", "bytes-in", "packets-out", "bytes-out")
    return {
        interface: dict(zip(names, counts, strict=True))
        for interface, counts in _counted(gateway, gateway.totals())
    }


def _counted(gateway: Gateway, totals: Totals) -> list[tuple[str, tuple[int, ...]]]:
    """The interfaces that have a name, with their counts."""
    names = [face.name for face in faces(gateway) if face.name]
    known = dict.fromkeys([*names, *totals.traffic])
    return [(name, totals.traffic.get(name, (0, 0, 0, 0))) for name in known]


def _clear_traffic(_args: Args, gateway: Gateway) -> str:
    gateway.clear(TRAFFIC, "")
    return ""


_INTERFACE: Final = Word("interface", "The interfaces and their state")
_IP: Final = Word("ip", "Internet protocol")

INTERFACES: Final = (
    ShowRow(
        LineRow(
            "show-interface-ip-brief",
            EXEC,
            (SHOW, _INTERFACE, _IP, Word("brief", "A line for each")),
            "A line for each interface: its address and state.",
            key=NEVER,
        ),
        _brief,
        _interface_data,
    ),
    ShowRow(
        LineRow(
            "show-interface",
            EXEC,
            (
                SHOW,
                _INTERFACE,
                Maybe(
                    (
                        OneOf(
                            (
                                (Word("summary", "Without hardware", name="summary"),),
                                (Word("detail", "With its number", name="detail"),),
                                (
                                    Ref(
                                        "interface", "interface", "Name of an interface"
                                    ),
                                ),
                            )
                        ),
                    )
                ),
            ),
            "The interfaces of the configuration, and those on which mail comes and "
            "goes; with speed, address and state where Linux has such an interface.",
            key=NEVER,
        ),
        _interface,
        _interface_data,
    ),
    ShowRow(
        LineRow(
            "show-nameif",
            EXEC,
            (SHOW, Word("nameif", "Names and security levels of the interfaces")),
            "The interfaces that have a name, with their security levels.",
            key=NEVER,
        ),
        _nameif,
        _interface_data,
    ),
    ShowRow(
        LineRow(
            "show-ip-address",
            EXEC,
            (SHOW, _IP, Word("address", "The addresses of the interfaces")),
            "The addresses that the configuration gives to interfaces.",
            key=NEVER,
        ),
        _addresses,
        _interface_data,
    ),
    ShowRow(
        LineRow(
            "show-traffic",
            EXEC,
            (SHOW, Word("traffic", "What came and went, by interface")),
            "What inspected and other connections have carried since the start, or "
            "since it was cleared: segments and octets as the gateway read them.",
            key=NEVER,
        ),
        _traffic,
        _traffic_data,
    ),
    ShowRow(
        LineRow(
            "clear-traffic",
            EXEC,
            (CLEAR, Word("traffic", "What came and went, by interface")),
            "Sets the counts of `show traffic` to nought.",
            key=NEVER,
        ),
        _clear_traffic,
        quiet=False,
    ),
)
