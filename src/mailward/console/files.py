"""Files: the one that `write memory` replaces.

Knows: how a file is replaced so that it is never half there.
Does not know: what stands in it.
Called by: `console.commands`, `console.ssh`.
"""

import os
import stat
import tempfile
from pathlib import Path


def replaced(path: Path, text: str, mode: int = 0o640) -> None:
    """Put the text in the place of the file, whole, with the file's mode (or
    `mode`, where there was none).  Raises OSError."""
    there = path.resolve()
    try:
        status = there.stat()
        mode = stat.S_IMODE(status.st_mode)
        owner = (status.st_uid, status.st_gid)
    except FileNotFoundError:
        owner = (-1, -1)
    descriptor, name = tempfile.mkstemp(prefix=f".{there.name}.", dir=there.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), mode)
            if os.geteuid() == 0:
                os.fchown(file.fileno(), *owner)
        Path(name).replace(there)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
