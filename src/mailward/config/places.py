"""Interfaces, times and limits of one running configuration, as values.

Knows: what the lines of an interface, the `timeout` lines and those of `mailward
limit` mean together.
Does not know: who uses them.
Called by: `config.compile`, `config.groups` (addresses of interfaces).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import ip_interface
from itertools import pairwise
from typing import Final

from mailward.config.lines import Line
from mailward.config.objects.explain import SESSIONS
from mailward.config.objects.limits import CONNECTIONS, PREFACES, UNFINISHED
from mailward.config.objects.networks import ALIAS
from mailward.config.objects.settings import TIMEOUT, TIMEOUT_OTHER
from mailward.config.objects.system import (
    DEVICE,
    INTERFACE_LINE,
    IP_ADDRESS,
    IPV6_ADDRESS,
    NAMEIF,
    SECURITY_LEVEL,
    SHUTDOWN,
    VLAN,
)
from mailward.config.running import Running
from mailward.errors import ConfigError
from mailward.policy.limits import Limits
from mailward.policy.places import NEVER, Interface, Timeouts

#: The level that `nameif` gives, by name; any other name gets 0.
_LEVELS: Final = {"inside": 100}
#: What of a `timeout` line is honoured: the field, and the least in seconds,
#: which the appliance takes as well.
_TIMES: Final = {"conn": ("conn", 300), "half-closed": ("half_closed", 30)}
_TIME: Final = re.compile(r"([0-9]{1,4}):([0-9]{1,2}):([0-9]{1,2})|0")
_TIME_MOST: Final = 1193 * 3600


def interfaces(
    running: Running, errors: list[ConfigError], warnings: list[ConfigError]
) -> Iterator[Interface]:
    """The interfaces that have a name, in the order of their lines."""
    devices = {
        line.args.text("name"): line
        for line in running.block.lines
        if line.kind == DEVICE.line.kind
    }
    aliases = {
        line.args.text("name"): line.args.text("address")
        for line in running.definitions(ALIAS)
    }
    seen: dict[str, Line] = {}
    for line in running.block.lines:
        if line.kind == INTERFACE_LINE.line.kind:
            for named in line.under(NAMEIF.line.kind):
                name = named.args.text("name")
                first = seen.setdefault(name, line)
                if first is not line:
                    errors.append(
                        named.mistake(f"{name} names {first.text} already", "name")
                    )
                    continue
                device = devices.pop(name, None)
                made = _interface(line, name, aliases)
                if device is not None:
                    made = replace(made, device=device.args.text("device"))
                yield made
    for name, line in devices.items():
        warnings.append(line.mistake(f"no interface is named {name}", "name"))


def _interface(line: Line, name: str, aliases: Mapping[str, str]) -> Interface:
    level = _LEVELS.get(name, 0)
    for typed in line.under(SECURITY_LEVEL.line.kind):
        level = typed.args.number("level")
    vlans = [v.args.number("vlan") for v in line.under(VLAN.line.kind)]
    found = list(_addresses(line, aliases))
    hardware = line.args.text("name")
    return Interface(
        name=name,
        hardware=hardware,
        device=hardware,
        level=level,
        addresses=tuple(address for address, _ in found),
        networks=tuple(network for _, network in found),
        vlan=vlans[-1] if vlans else 0,
        up=next(line.under(SHUTDOWN.line.kind), None) is None,
    )


def _addresses(line: Line, aliases: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The addresses of the active unit, each with its network."""
    for typed in line.under(IP_ADDRESS.line.kind):
        args = typed.args
        if args.has("address-name"):
            address = aliases.get(args.text("address-name"), "")
        else:
            address = args.text("address") if args.has("address") else ""
        if address:
            mask = args.text("mask") if args.has("mask") else ""
            yield address, _network(address, mask)
    for typed in line.under(IPV6_ADDRESS.line.kind):
        if typed.args.has("address") and not typed.args.has("eui"):
            whole = ip_interface(typed.args.text("address"))
            yield str(whole.ip), str(whole.network)


def _network(address: str, mask: str) -> str:
    """The network of an address under a mask; empty if the mask is none."""
    try:
        return str(ip_interface(f"{address}/{mask}").network) if mask else ""
    except ValueError:
        return ""


def limits(running: Running) -> Limits:
    """What one process lets itself be burdened with."""
    made = Limits()
    for line in running.block.lines:
        args = line.args
        if line.kind == CONNECTIONS.line.kind:
            each = args.number("each") if args.has("each") else 0
            made = replace(made, connections=args.number("most"), per_client=each)
        elif line.kind == UNFINISHED.line.kind:
            made = replace(made, line=float(args.number("seconds")))
        elif line.kind == PREFACES.line.kind:
            made = replace(made, preface=float(args.number("seconds")))
        elif line.kind == SESSIONS.line.kind:
            made = replace(made, sessions=args.number("most"))
    return made


def timeouts(running: Running, errors: list[ConfigError]) -> Timeouts:
    """How long connections may idle; later lines win."""
    made = Timeouts()
    for line in running.block.lines:
        if line.kind == TIMEOUT.line.kind:
            words = [line.args.words("what")[0]]
        elif line.kind == TIMEOUT_OTHER.line.kind:
            words = [line.args.text("what")]
        else:
            continue
        words += line.args.text("rest").split()
        for what, how_long in pairwise(words):
            if what not in _TIMES:
                continue
            field, least = _TIMES[what]
            seconds = _seconds(how_long)
            if seconds and least <= seconds <= _TIME_MOST:
                made = replace(made, **{field: float(seconds)})
            elif seconds == 0:
                made = replace(made, **{field: NEVER})
            else:
                errors.append(_wrong_time(line, what, how_long, least))
    return made


def _seconds(text: str) -> int | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds if max(minutes, seconds) < 60 else None


def _wrong_time(line: Line, what: str, how_long: str, least: int) -> ConfigError:
    """An error at the time itself."""
    error = line.mistake(
        f"{what} lasts from 0:{least // 60:02}:{least % 60:02} to 1193:00:00, or "
        "0:00:00 for ever",
        "rest",
        ("H:M:S",),
    )
    if error.column:
        error.column += max(0, error.text[error.column - 1 :].find(how_long))
    return error
