"""Claims about `mailward.console.machine`, `.hardware` and `.guests`."""

import json
import os
from pathlib import Path

from mailward.audit.totals import Totals
from mailward.console.guests import Guest
from mailward.console.hardware import Hardware
from mailward.console.session import answer
from tests.unit.console.gateways import CONFIG, gateway


def machine(root: Path) -> Hardware:
    """One with 8 GB, of which 2 are free."""
    (root / "proc").mkdir()
    (root / "etc").mkdir()
    (root / "proc" / "meminfo").write_text(
        "MemTotal:        8388608 kB\nMemFree: 1 kB\nMemAvailable:  2097152 kB\n"
    )
    (root / "proc" / "cpuinfo").write_text("model name\t: Some(R) CPU @ 2.00GHz\n")
    (root / "etc" / "machine-id").write_text("0123456789abcdef\n")
    return Hardware(root)


def test_version_names_us_and_what_tools_look_for(tmp_path: Path) -> None:
    """Our own name first; the appliance's product phrase, and since when."""
    state = gateway(f"hostname gw\n{CONFIG}")
    state.hardware = machine(tmp_path)
    state.clock = lambda: 1_700_000_000.0 + 93_784.0
    lines = answer("show version", state).splitlines()
    assert lines[0] == "mailward Software Version 1.2.3"
    assert lines[1] == (
        "Speaks the language of Cisco Adaptive Security Appliance Software Version "
        "9.16(4)"
    )
    assert "gw up 1 day 2 hours" in lines
    assert lines[-4].startswith("Hardware:   ")
    assert ", 8192 MB RAM, CPU Some R CPU 2 00GHz, 1 CPU (" in lines[-4]
    assert lines[-2:] == [
        "Serial Number: MWD4B4EA852",
        "Start-up time 2023-11-14 22:13:20 UTC",
    ]
    assert 'Config file at boot was "factory-default"' in lines
    state.clock = lambda: 1_700_000_000.0 + 7_260.0
    assert "\ngw up 2 hours 1 min\n" in answer("show version", state)
    state.file = "/etc/mailward/gateway.cfg"
    assert 'boot was "gateway.cfg"\n' in answer("show version", state)
    told = json.loads(answer("show version | json", state))["answer"]
    assert (told["name"], told["version"], told["uptime"]) == (
        "mailward",
        "1.2.3",
        7260,
    )


def test_a_machine_that_tells_nothing(tmp_path: Path) -> None:
    """Noughts, and a number all the same."""
    bare = Hardware(tmp_path)
    assert bare.memory == (0, 0)
    assert bare.processor
    assert len(bare.serial) == 11
    state = gateway()
    state.hardware = bare
    assert "Free memory:                  0 bytes (0%)\n" in answer(
        "show memory", state
    )


def test_clock() -> None:
    """To the millisecond, UTC."""
    state = gateway()
    state.clock = lambda: 1_700_000_000.25
    assert answer("show clock", state) == "22:13:20.250 UTC Tue Nov 14 2023\n"


def test_memory(tmp_path: Path) -> None:
    """In octets, with shares."""
    state = gateway()
    state.hardware = machine(tmp_path)
    assert answer("show memory", state) == (
        "Free memory:         2147483648 bytes (25%)\n"
        "Used memory:         6442450944 bytes (75%)\n"
        "-------------     ------------------\n"
        "Total memory:        8589934592 bytes (100%)\n"
    )
    told = json.loads(answer("show memory | json", state))["answer"]
    assert told["free"] == 2147483648


def test_processors(tmp_path: Path) -> None:
    """How busy they have been since they were looked at."""
    state = gateway()
    state.hardware = machine(tmp_path)
    now = [1000.0]
    state.clock = lambda: now[0]
    assert answer("show cpu", state) == (
        "CPU utilization for 5 seconds = 0%; 1 minute: 0%; 5 minutes: 0%\n"
    )
    stat = tmp_path / "proc" / "stat"
    for passed, worked, idle in ((0, 100, 900), (200, 110, 1090), (240, 150, 1100)):
        now[0] = 1000.0 + passed
        stat.write_text(f"cpu  {worked} 0 0 {idle} 0 0 0 0 0 0\ncpu0 1 2\n")
        state.measure()
    now[0] += 10.0
    stat.write_text("cpu  175 0 0 1105 0 0 0 0 0 0\n")
    assert answer("show cpu usage", state) == (
        "CPU utilization for 5 seconds = 83%; 1 minute: 81%; 5 minutes: 26%\n"
    )
    told = json.loads(answer("show cpu | json", state))["answer"]
    assert told["5-minutes"] == 26


def test_inventory(tmp_path: Path) -> None:
    """The same number as `show version`."""
    state = gateway()
    state.hardware = machine(tmp_path)
    assert answer("show inventory", state).splitlines()[1] == (
        "PID: mailward          , VID: 1.2.3   , SN: MWD4B4EA852"
    )


def test_what_has_a_limit() -> None:
    """Now, at most, the limit, refused."""
    state = gateway()
    state.totals = lambda: Totals(most=12, written={"buffered": 3}, lost=1)
    state.guests.came(1, Guest("admin", "10.1.1.9"))
    state.guests.came(2, Guest("john", "10.1.1.10"))
    state.guests.went(2)
    state.guests.went(3)
    state.guests.refused += 1
    lines = [line.split() for line in answer("show resource usage", state).splitlines()]
    assert lines[0] == ["Resource", "Current", "Peak", "Limit", "Denied", "Context"]
    assert lines[1] == ["SSH", "1", "2", "5", "1", "System"]
    assert lines[2][:3] == ["Conns", "0", "12"]
    assert lines[3] == ["Syslogs", "3", "0", "N/A", "1", "System"]
    told = json.loads(answer("show resource usage | json", state))["answer"]
    assert told[0]["peak"] == 2


def test_who_came_by_ssh() -> None:
    """A line for each direction."""
    state = gateway()
    ciphers = ("aes256-gcm", "hmac-in", "chacha20", "hmac-out")
    state.guests.came(1, Guest("admin", "10.1.1.9", *ciphers))
    head, first, second = answer("show ssh sessions", state).splitlines()
    assert head.split()[:3] == ["SID", "Client", "IP"]
    assert first.split() == [
        *("0", "10.1.1.9", "2.0", "IN", "aes256-gcm", "hmac-in"),
        *("SessionStarted", "admin"),
    ]
    assert second.split() == ["OUT", "chacha20", "hmac-out", "SessionStarted", "admin"]
    told = json.loads(answer("show ssh sessions | json", state))["answer"]
    assert told == [{"user": "admin", "address": "10.1.1.9", "cipher": "aes256-gcm"}]


def test_files(tmp_path: Path) -> None:
    """The startup configuration; without one only the room."""
    state = gateway()
    assert "free)" in answer("dir", state)
    file = tmp_path / "gate way.cfg"
    state.file = str(file)
    assert len(answer("dir", state).splitlines()) == 6
    file.write_text("hostname gw\n")
    (tmp_path / "other").write_text("of no interest")
    os.utime(file, (1_700_000_000.0, 1_700_000_000.0))
    lines = answer("dir disk0:", state).splitlines()
    assert lines[1] == "Directory of disk0:/"
    assert lines[3] == "1      -rwx  12           22:13:20 Nov 14 2023  gate_way.cfg"
    assert lines[4] == ""
    assert answer("dir /all flash:", state).splitlines()[:4] == lines[:4]
    assert "marker" in answer("dir /all disk1:", state)
