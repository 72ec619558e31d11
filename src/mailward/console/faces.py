"""Faces: the interfaces of a configuration, as shows tell of them.

Knows: what stands under each `interface` line, and the two interfaces that a
gateway has without any.
Does not know: interfaces of this machine, any layout.
Called by: `console.interfaces`.
"""

from dataclasses import dataclass
from typing import Final, final

from mailward.config.lines import Line
from mailward.console.gateway import Gateway
from mailward.console.hardware import Card

_HABIT: Final = {"inside": 100}


@final
@dataclass(frozen=True)
class Face:
    """One interface.  `name` is empty where there is no `nameif`; `address` and
    `mask` are empty where it has none, `method` is how it came by it; `card` is
    what Linux tells of it, if it has such an interface."""

    hardware: str
    name: str = ""
    level: int = 0
    address: str = ""
    mask: str = ""
    method: str = "unset"
    description: str = ""
    mtu: str = ""
    down: bool = False
    card: Card | None = None

    @property
    def up(self) -> bool:
        """Does anything go through it?"""
        return not self.down and (self.card is None or self.card.up)

    @property
    def state(self) -> str:
        """In the appliance's words."""
        return "administratively down" if self.down else "up" if self.up else "down"


def faces(gateway: Gateway) -> list[Face]:
    """The interfaces in the order of the configuration; then those on which
    mail comes and goes that it does not speak of."""
    lines = gateway.loaded.running.block.lines
    mtus = dict(
        line.text.split()[1:3]
        for line in lines
        if line.text.startswith("mtu ") and len(line.text.split()) > 2
    )
    devices = {one.hardware: one.device for one in gateway.loaded.interfaces}
    out = [
        _face(
            line, mtus, gateway.hardware.card(devices.get(line.args.text("name"), ""))
        )
        for line in lines
        if line.kind == "interface"
    ]
    names = {face.name for face in out}
    for name in (gateway.client_interface, gateway.server_interface):
        if name not in names:
            level = gateway.loaded.levels.get(name, _HABIT.get(name, 0))
            out.append(Face(name, name, level, mtu=mtus.get(name, "")))
    return out


def _face(line: Line, mtus: dict[str, str], card: Card | None) -> Face:
    said = {" ".join(under.text.split()[:2]): under.text for under in line.block.lines}
    first = {text.split()[0]: text.partition(" ")[2] for text in said.values()}
    name = first.get("nameif", "")
    level = first.get("security-level", "")
    words = said.get("ip address", "").split()[2:]
    fixed = bool(words) and words[0][:1].isdigit()
    return Face(
        line.args.text("name"),
        name,
        int(level) if level.isdigit() else _HABIT.get(name, 0),
        words[0] if fixed else "",
        words[1] if fixed and len(words) > 1 else "",
        "CONFIG" if fixed else words[0].upper() if words else "unset",
        first.get("description", ""),
        mtus.get(name, card.mtu if card is not None else ""),
        "shutdown" in said,
        card,
    )
