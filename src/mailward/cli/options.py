"""Options: words of the command line, and where things lie by default.

Knows: levels, sizes, places, numbers of workers, as they are typed; folders.
Does not know: which option they belong to.
Called by: the commands.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from mailward.cli.files import fail, notice

if TYPE_CHECKING:
    from mailward.drivers.tcp import Place

#: More workers than this help nobody.
WORKERS_MOST: Final = 256
#: What may stand behind a size.
_UNITS: Final = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}


def default_control(*, make: bool = False) -> str:
    """Where the control socket is looked for; `make`: its folder too, if it can."""
    if os.geteuid() == 0:
        folder = Path("/run/mailward")
    elif os.environ.get("XDG_RUNTIME_DIR"):
        folder = Path(os.environ["XDG_RUNTIME_DIR"]) / "mailward"
    else:
        folder = Path.home() / ".local" / "state" / "mailward"
    if make:
        try:
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        except OSError as error:
            notice(f"{folder}: {error.strerror}")
    return str(folder / "control.sock")


def default_state() -> str:
    """Where what must outlive the process lies: the host key of SSH."""
    if os.environ.get("STATE_DIRECTORY"):
        return os.environ["STATE_DIRECTORY"]
    if os.environ.get("XDG_STATE_HOME"):
        return str(Path(os.environ["XDG_STATE_HOME"]) / "mailward")
    if os.geteuid() == 0:
        return "/var/lib/mailward"
    return str(Path.home() / ".local" / "state" / "mailward")


def level(name: str) -> int:
    """A level by its word or its digit."""
    from mailward.audit.rows import LEVEL_NAMES

    if name in LEVEL_NAMES:
        return LEVEL_NAMES.index(name)
    if name in map(str, range(len(LEVEL_NAMES))):
        return int(name)
    raise typer.BadParameter(f"'{name}' is none of {', '.join(LEVEL_NAMES)}")


def workers(text: str) -> int:
    """How many; one for each core that we may use if it is left to us."""
    if text in ("0", "auto"):
        return len(os.sched_getaffinity(0))
    if text.isascii() and text.isdigit() and int(text) <= WORKERS_MOST:
        return int(text)
    raise typer.BadParameter(f"'{text}' is no number of workers (1 to {WORKERS_MOST})")


def size(text: str) -> int:
    """Octets, perhaps by thousands (k), millions (M) or more (G)."""
    number, unit = text[:-1], text[-1:].lower()
    if unit not in _UNITS:
        number, unit = text, ""
    if number.isascii() and number.isdigit():
        return int(number) * _UNITS[unit]
    raise typer.BadParameter(f"'{text}' is no size")


def place(text: str) -> "Place":
    """A host and a port."""
    from mailward.drivers import tcp

    try:
        return tcp.place(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def resolved(where: "Place") -> "Place":
    """The same place with a literal address."""
    from mailward.drivers import tcp

    try:
        return tcp.resolved(where)
    except OSError as error:
        fail(f"{where}: {error.strerror or error}")
