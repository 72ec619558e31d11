"""Machine: what this program is, where it runs, what it uses.

Knows: the commands, the appliance's layout of each answer.
Does not know: who asks, over which line.
Called by: `console.session`.
"""

import os
import resource
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from mailward.console.gateway import WHOLE, WORKED, Gateway
from mailward.console.rows import EXEC, SHOW, Data, ShowRow
from mailward.lang.rows import NEVER, LineRow
from mailward.lang.tokens import Args, Choice, Maybe, Token, Word

#: So many administrators come by SSH at once, as on the appliance.
SSH_MOST: Final = 5


def _version(_args: Args, gateway: Gateway) -> str:
    """Our own name first; then what tools look for that speak to the
    appliance, which says of itself what it is."""
    machine = gateway.hardware
    total, _ = machine.memory
    cores = machine.cores
    made = machine.installed
    return (
        f"mailward Software Version {gateway.version}\n"
        "Speaks the language of Cisco Adaptive Security Appliance Software Version "
        f"{gateway.language}\n"
        f"Device Manager Version none\n\n"
        f"Compiled on {made:%a} {made.day}-{made:%b-%y %H:%M} UTC by mailward\n"
        f'System image file is "mailward-{gateway.version}"\n'
        f'Config file at boot was "{_file(gateway)}"\n\n'
        f"{gateway.host} up {_lasted(gateway)}\n\n"
        f"Hardware:   {machine.model}, {total >> 20} MB RAM, CPU {machine.processor}, "
        f"1 CPU ({cores} cores)\n\n"
        f"Serial Number: {machine.serial}\n"
        f"Start-up time {_moment(gateway.started)}\n"
    )


def _file(gateway: Gateway) -> str:
    return Path(gateway.file).name if gateway.file else "factory-default"


def _lasted(gateway: Gateway) -> str:
    up = max(0, int(gateway.clock() - gateway.started))
    days, hours, minutes = up // 86400, up // 3600 % 24, up // 60 % 60
    if days:
        return f"{_many(days, 'day')} {_many(hours, 'hour')}"
    return f"{_many(hours, 'hour')} {_many(minutes, 'min')}"


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _version_data(_args: Args, gateway: Gateway) -> Data:
    return {
        "name": "mailward",
        "version": gateway.version,
        "language": gateway.language,
        "host": gateway.host,
        "started": _moment(gateway.started),
        "uptime": max(0, int(gateway.clock() - gateway.started)),
        "serial": gateway.hardware.serial,
    }


def _moment(when: float) -> str:
    return f"{datetime.fromtimestamp(when, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _clock(_args: Args, gateway: Gateway) -> str:
    now = datetime.fromtimestamp(gateway.clock(), UTC)
    day = f"{now:%a %b} {now.day} {now.year}"
    return f"{now:%H:%M:%S}.{now.microsecond // 1000:03} UTC {day}\n"


def _memory(_args: Args, gateway: Gateway) -> str:
    total, free = gateway.hardware.memory
    used = total - free
    rule = "-------------     ------------------\n"
    return (
        f"Free memory:   {free:>16} bytes ({_percent(free, total)}%)\n"
        f"Used memory:   {used:>16} bytes ({_percent(used, total)}%)\n"
        f"{rule}"
        f"Total memory:  {total:>16} bytes (100%)\n"
    )


def _memory_data(_args: Args, gateway: Gateway) -> Data:
    total, free = gateway.hardware.memory
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"total": total, "free": free, "used": total - free, "process": largest}


def _percent(part: int, whole: int) -> int:
    return part * 100 // whole if whole else 0


def _cpu(_args: Args, gateway: Gateway) -> str:
    five, one, more = (f"{share}%" for share in _shares(gateway))
    return (
        f"CPU utilization for 5 seconds = {five}; 1 minute: {one}; 5 minutes: {more}\n"
    )


def _cpu_data(_args: Args, gateway: Gateway) -> Data:
    names = ("5-seconds", "1-minute", "5-minutes")
    return dict(zip(names, _shares(gateway), strict=True))


def _shares(gateway: Gateway) -> list[int]:
    """How busy the processors have been in the last seconds; they are looked at
    every twenty."""
    worked, whole = gateway.hardware.spent
    now = gateway.clock()
    out = []
    for seconds in (5.0, 60.0, 300.0):
        _, busy = gateway.meter.since(now, WORKED, worked, seconds)
        _, all_of_it = gateway.meter.since(now, WHOLE, whole, seconds)
        out.append(_percent(worked - busy, whole - all_of_it))
    return out


def _inventory(_args: Args, gateway: Gateway) -> str:
    return (
        'Name: "Chassis", DESCR: "mailward, ESMTP inspection in the manner of the '
        'Cisco ASA"\n'
        f"PID: mailward          , VID: {gateway.version:<8}, "
        f"SN: {gateway.hardware.serial}\n"
    )


def _usage(_args: Args, gateway: Gateway) -> str:
    out = [
        "Resource              Current         Peak      Limit        Denied Context"
    ]
    out += [
        f"{name:<20} {now:>8} {most:>12} {limit:>10} {denied:>13} System"
        for name, now, most, limit, denied in _resources(gateway)
    ]
    return "".join(f"{line}\n" for line in out)


def _usage_data(_args: Args, gateway: Gateway) -> Data:
    return [
        {"resource": n, "current": c, "peak": p, "limit": limit, "denied": d}
        for n, c, p, limit, d in _resources(gateway)
    ]


def _resources(gateway: Gateway) -> list[tuple[str, int, int, str, int]]:
    """Name, now, most at once, limit, refused."""
    totals = gateway.totals()
    live = len(totals.connections)
    descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2
    guests = gateway.guests
    return [
        ("SSH", len(guests.now), guests.most, str(SSH_MOST), guests.refused),
        ("Conns", live, max(live, totals.most), str(descriptors), 0),
        ("Syslogs", max(totals.written.values(), default=0), 0, "N/A", totals.lost),
    ]


def _sessions(_args: Args, gateway: Gateway) -> str:
    head = f"{'Encryption':<24} {'Hmac':<32} {'State':<16} Username"
    out = [f"SID {'Client IP':<15} Version Mode {head}"]
    for number, guest in enumerate(gateway.guests.now):
        for mode, cipher, mac in (
            ("IN", guest.cipher_in, guest.mac_in),
            ("OUT", guest.cipher_out, guest.mac_out),
        ):
            sid = str(number) if mode == "IN" else ""
            where = f"{guest.address:<15} 2.0    " if mode == "IN" else " " * 23
            out.append(
                f"{sid:<3} {where} {mode:<4} {cipher:<24} {mac:<32} SessionStarted   "
                f"{guest.name}"
            )
    return "".join(f"{line}\n" for line in out)


def _sessions_data(_args: Args, gateway: Gateway) -> Data:
    return [
        {"user": guest.name, "address": guest.address, "cipher": guest.cipher_in}
        for guest in gateway.guests.now
    ]


def _dir(_args: Args, gateway: Gateway) -> str:
    """The startup configuration, and the room that is left: what else lies
    beside it changes without anybody's doing, and collectors would tell."""
    folder = Path(gateway.file).parent if gateway.file else Path("/")
    out = ["", "Directory of disk0:/", ""]
    if gateway.file:
        out += _listed(Path(gateway.file))
    room = os.statvfs(folder)
    total, free = room.f_blocks * room.f_frsize, room.f_bavail * room.f_frsize
    out += [
        "",
        f"{total} bytes total ({free} bytes free/{_percent(free, total)}% free)",
        "",
    ]
    return "".join(f"{line}\n" for line in out)


def _listed(file: Path) -> list[str]:
    try:
        status = file.stat()
    except OSError:
        return []  # not yet saved
    when = datetime.fromtimestamp(status.st_mtime, UTC)
    name = "".join(c if c.isprintable() and c != " " else "_" for c in file.name)
    moment = f"{when:%H:%M:%S %b %d %Y}"
    return [f"1      -rwx  {status.st_size:<12} {moment}  {name}"]


def _show(word: str, tells: str) -> tuple[Token, ...]:
    return (SHOW, Word(word, tells))


MACHINE: Final = (
    ShowRow(
        LineRow(
            "show-version",
            EXEC,
            _show("version", "Name, version, time of start"),
            "Name and version of this program, the release of the appliance whose "
            "language it speaks, since when it runs and on what.",
            key=NEVER,
        ),
        _version,
        _version_data,
        open=True,
    ),
    ShowRow(
        LineRow(
            "show-clock",
            EXEC,
            _show("clock", "What time it is"),
            "The time, UTC.",
            key=NEVER,
        ),
        _clock,
        open=True,
    ),
    ShowRow(
        LineRow(
            "show-memory",
            EXEC,
            _show("memory", "Memory of the machine"),
            "The memory of the machine, and how much of it is free.",
            key=NEVER,
        ),
        _memory,
        _memory_data,
    ),
    ShowRow(
        LineRow(
            "show-cpu",
            EXEC,
            (
                SHOW,
                Word("cpu", "Processors of the machine"),
                Maybe((Word("usage", "How busy they are", name="usage"),)),
            ),
            "How busy the processors of the machine have been of late.",
            key=NEVER,
        ),
        _cpu,
        _cpu_data,
    ),
    ShowRow(
        LineRow(
            "show-inventory",
            EXEC,
            _show("inventory", "What an inventory wants to know"),
            "One line of an inventory, with a number that is this machine's own.",
            key=NEVER,
        ),
        _inventory,
    ),
    ShowRow(
        LineRow(
            "show-resource-usage",
            EXEC,
            (
                SHOW,
                Word("resource", "What has a limit"),
                Word("usage", "How much of it is used"),
            ),
            "Sessions of SSH, connections, records: now, at most, the limit, refused.",
            key=NEVER,
        ),
        _usage,
        _usage_data,
    ),
    ShowRow(
        LineRow(
            "show-ssh-sessions",
            EXEC,
            (
                SHOW,
                Word("ssh", "Administrators who came by SSH"),
                Word("sessions", "Those who are here"),
            ),
            "Who is connected by SSH, from where, and with which ciphers.",
            key=NEVER,
        ),
        _sessions,
        _sessions_data,
    ),
    ShowRow(
        LineRow(
            "dir",
            EXEC,
            (
                Word("dir", "List files"),
                Maybe((Word("/all", "All of them", name="all"),)),
                Maybe(
                    (
                        Choice(
                            "where",
                            (
                                ("disk0:", "Where the configuration lies"),
                                ("flash:", "The same"),
                            ),
                        ),
                    )
                ),
            ),
            "The startup configuration, and the room that is left.",
            key=NEVER,
        ),
        _dir,
    ),
)
