"""What the kernel says of processes that others start and end.

Any of them may be gone between being listed and being asked, so each question has an
answer for that: nothing.
"""

from contextlib import suppress
from pathlib import Path


def words_of(pid: int) -> list[bytes]:
    """Its command line."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return []


def children(pid: int) -> list[int]:
    """Those that any thread of it has started, in the order of their numbers."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                found += map(int, (task / "children").read_text().split())
    return sorted(found)


def members(pid: int) -> list[int]:
    """Those in the namespace of processes that it has made.

    Neither lists nor trees hold still: who was listed and is gone when it is asked may
    have left a child that was not listed.  Then all are listed again.
    """
    wanted = Path(f"/proc/{pid}/ns/pid_for_children").readlink()
    for _ in range(100):
        with suppress(FileNotFoundError, ProcessLookupError):
            listed = [each for each in Path("/proc").iterdir() if each.name.isdigit()]
            return [int(each.name) for each in listed if _is_in(each, wanted)]
    raise AssertionError("processes come and go too fast to be listed")


def _is_in(process: Path, namespace: Path) -> bool:
    """Is it of this namespace?  One that not even root may ask is not of ours."""
    try:
        return (process / "ns" / "pid").readlink() == namespace
    except PermissionError:
        return False


def workers(pid: int) -> list[int]:
    """Those of its children that inspect."""
    name = b"mailward.fleet.worker"
    return [each for each in children(pid) if name in words_of(each)]


def status(pid: int) -> dict[str, str]:
    """The fields of its status, by their names."""
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return {k: " ".join(v.split()) for k, _, v in (x.partition(":") for x in lines)}
    return {}


def kilobytes(pid: int, field: str) -> int:
    """A measure of its memory: `VmHWM`, `RssAnon`; 0 when it is gone."""
    return int(status(pid).get(field, "0").split()[0])


def descriptors(pid: int) -> int:
    """How many it has open; 0 when it is gone."""
    with suppress(OSError):
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return 0


def stat(pid: int | str) -> list[str]:
    """The fields of its stat from the third on, the state; none when it is gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return []


def ended(pid: int) -> bool:
    """Whether it is no more, or waits only for its parent to notice."""
    return stat(pid)[:1] in ([], ["Z"])
