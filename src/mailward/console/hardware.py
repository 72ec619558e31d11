"""Hardware: the machine that the gateway runs on, as far as shows tell of it.

Knows: where Linux tells memory and processor; a number for inventories.
Does not know: how any of it is shown.
Called by: `console.gateway` (holds one), the shows.
"""

import hashlib
import os
import platform
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, final

import mailward

_WORDS: Final = re.compile(r"[^A-Za-z0-9]+")
_KIB: Final = 1024


@final
@dataclass(frozen=True)
class Card:
    """What Linux tells of an interface: its address, the longest packet, the
    speed in Mbit/s (0: it has none), whether it is up."""

    mac: str
    mtu: str
    speed: int
    up: bool


@final
class Hardware:
    """One machine.  `root` is where its files lie."""

    __slots__ = ("_root",)

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    @property
    def model(self) -> str:
        """System and kind of processor, in one word."""
        return f"{platform.system()}-{platform.machine()}"

    @property
    def memory(self) -> tuple[int, int]:
        """All of it, and what is free, in octets; noughts where nobody tells."""
        found = dict(
            re.findall(
                r"(?m)^(MemTotal|MemAvailable):\s+(\d+) kB", self._read("meminfo")
            )
        )
        total, free = (
            int(found.get(name, 0)) * _KIB for name in ("MemTotal", "MemAvailable")
        )
        return total, free

    @property
    def processor(self) -> str:
        """Its name, in letters and digits."""
        found = re.search(r"(?m)^model name\s*:\s*(.+)$", self._read("cpuinfo"))
        name = found[1] if found is not None else platform.machine()
        return _WORDS.sub(" ", name).strip() or "unknown"

    @property
    def cores(self) -> int:
        """How many processors the system has."""
        return os.cpu_count() or 1

    @property
    def spent(self) -> tuple[int, int]:
        """Time of all processors since the start, in a unit of the system's: what
        was worked, and all of it; noughts where nobody tells."""
        found = re.match(r"cpu +([\d ]+)", self._read("stat"))
        if found is None:
            return 0, 0
        times = [int(number) for number in found[1].split()]
        return sum(times) - sum(times[3:5]), sum(times)

    @property
    def serial(self) -> str:
        """Eleven characters that are this machine's own, and tell nothing else
        of it."""
        try:
            name = (self._root / "etc" / "machine-id").read_text().strip()
        except OSError:
            name = ""
        known = hashlib.sha256(f"mailward {name or platform.node()}".encode())
        return f"MW{known.hexdigest()[:9].upper()}"

    @property
    def installed(self) -> datetime:
        """When this program came onto the machine."""
        return datetime.fromtimestamp(Path(mailward.__file__).stat().st_mtime, UTC)

    def card(self, device: str) -> Card | None:
        """The interface that Linux calls so; None if there is none."""
        folder = self._root / "sys" / "class" / "net" / device
        if "/" in device or not (folder / "address").is_file():
            return None
        plain = self._line(folder / "address").replace(":", "")
        mac = ".".join(plain[at : at + 4] for at in (0, 4, 8))
        speed = self._line(folder / "speed")
        return Card(
            mac,
            self._line(folder / "mtu"),
            int(speed) if speed.isdigit() else 0,
            self._line(folder / "operstate") != "down",
        )

    def _line(self, file: Path) -> str:
        try:
            return file.read_text().strip()
        except OSError:  # the speed of what has none cannot be read
            return ""

    def _read(self, name: str) -> str:
        try:
            return (self._root / "proc" / name).read_text("utf-8", "replace")
        except OSError:
            return ""
