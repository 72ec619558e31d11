"""What tools expect of the appliance's console, rule by rule, over SSH.

The rules were found by watching Netmiko, scrapli, Ansible, Unicon and RANCID.
"""

import asyncio
import re
from pathlib import Path
from typing import Final

import asyncssh
import pytest

from mailward.console.machine import SSH_MOST
from tests.live.test_console_ssh import client, gateway, served, timed

ESCAPES: Final = re.compile(r"\x1b|\x08|\x07")
SECRET: Final = "sesame"


async def typed(port: int, *lines: str, columns: int = 20, rows: int = 0) -> str:
    """All that a privileged administrator sees who types these lines; the
    terminal is narrow and has no rows."""
    async with client(port) as connection:
        shell = await connection.create_process(
            term_type="vt100", term_size=(columns, rows), encoding="utf-8"
        )
        seen = await shell.stdout.readuntil("> ")
        shell.stdin.write("enable\n")
        seen += await shell.stdout.readuntil("Password: ")
        shell.stdin.write(f"{SECRET}\n")
        seen += await shell.stdout.readuntil("# ")
        shell.stdin.write("".join(f"{line}\n" for line in (*lines, "logout")))
        return f"{seen}{await shell.stdout.read()}"


@timed
async def test_rule_1_lines_are_echoed_as_they_came(tmp_path: Path) -> None:
    """Byte for byte, never wrapped or cut, whatever the terminal; not one code
    that moves a cursor."""
    long = "name 10.0.0.1 " + "x" * 63 + " description " + "y" * 190
    async with served(tmp_path, gateway()) as port:
        for columns, rows in ((20, 0), (132, 0), (511, 1000), (1, 1)):
            seen = await typed(
                port,
                *("terminal pager 0", "configure terminal", long, "end"),
                *("show running-config", "show version | include x"),
                columns=columns,
                rows=rows,
            )
            assert f"gw(config)# {long}\r\n" in seen
            assert "gw# show version | include x\r\n" in seen
            assert f"{long}\r\n" in seen.partition("gw# show running-config")[2]
            assert ESCAPES.search(seen) is None
            assert "\n" not in seen.replace("\r\n", "")


@timed
async def test_rule_2_the_terminal_is_the_sessions_own(tmp_path: Path) -> None:
    """Its width and its pages are not written to the configuration, and the
    next one begins anew."""
    made = gateway()
    before = made.loaded
    async with served(tmp_path, made) as port:
        more = [f"show running-config | begin {word}" for word in "abc"]
        seen = await typed(port, "terminal width 511", "terminal pager 0", *more)
        assert "ERROR" not in seen
        seen = await typed(port, "conf t", "terminal width 511", "end")
        assert "ERROR" not in seen
        paged = await typed(port, "terminal pager 3", "show running-config", "q")
        assert "<--- More --->" in paged
    assert made.loaded is before


@timed
async def test_rule_3_prompts(tmp_path: Path) -> None:
    """One for each mode, each with one blank behind it."""
    walk = (
        ("configure terminal", "config"),
        ("interface GigabitEthernet0/0", "config-if"),
        ("object network server", "config-network-object"),
        ("class-map CLASS", "config-cmap"),
        ("policy-map type inspect esmtp MAP", "config-pmap"),
        ("parameters", "config-pmap-p"),
        ("match body length gt 10", "config-pmap-c"),
        ("policy-map POLICY", "config-pmap"),
        ("class CLASS", "config-pmap-c"),
    )
    async with served(tmp_path, gateway()) as port:
        seen = await typed(port, *(line for line, _ in walk), "end")
    assert seen.startswith("gw> enable\r\nPassword: \r\ngw# configure terminal\r\n")
    prompts = re.findall(r"(?m)^(gw\S*) \S", seen)
    assert "gw(config-pmap-p)#" in prompts
    for (_, mode), prompt in zip(walk, prompts[2:], strict=False):
        assert prompt == f"gw({mode})#"
    assert prompts[-1] == "gw#"


@timed
async def test_rule_4_ways_in_and_out(tmp_path: Path) -> None:
    """`exit` and `quit` one level, `end` and Ctrl-Z to the top, `logout` out;
    `disable`, `login`; three bad secrets."""
    async with served(tmp_path, gateway()) as port:
        seen = await typed(
            port,
            *("conf t", "policy-map type inspect esmtp M", "parameters"),
            *("exit", "quit", "exit", "conf t", "class-map C", "\x1aconf t", "end"),
        )
        prompts = re.findall(r"gw(\S*) ", seen)
        assert prompts == [
            *(">", "#", "(config)#", "(config-pmap)#", "(config-pmap-p)#"),
            *("(config-pmap)#", "(config)#", "#"),
            *("(config)#", "(config-cmap)#", "#", "(config)#", "#"),
        ]
        assert seen.endswith("logout\r\n\r\nLogoff\r\n\r\n")
        seen = await typed(port, "disable", "enable", "a", "b", "c", "enable", SECRET)
        assert seen.count("Invalid password\r\n") == 2
        assert "Access denied.\r\ngw> enable" in seen
        seen = await typed(port, "login", "guest", "nobody", "show curpriv")
        assert "Username : guest\r\nCurrent privilege level : 1\r\n" in seen


@pytest.mark.parametrize(
    ("short", "first"),
    [
        ("sh run", ": Saved"),
        ("wr t", ": Saved"),
        ("sh ver", "mailward Software"),
        ("wr", "Building configuration..."),
        ("wr mem", "Building configuration..."),
        ("write memory", "Building configuration..."),
        ("copy running-config startup-config", "Building configuration..."),
        ("copy /noconfirm run start", "Building configuration..."),
        ("cop r s", "Building configuration..."),
        ("mor sys", ": Saved"),
        ("s s i e", "Global policy:"),
    ],
)
@timed
async def test_rule_5_every_abbreviation_that_is_unique(
    tmp_path: Path, short: str, first: str
) -> None:
    """In every word, and nothing is asked before saving."""
    made = gateway(
        "hostname gw\nusername admin password cisco privilege 15\n"
        "class-map C\n match default-inspection-traffic\n"
        "policy-map P\n class C\n  inspect esmtp\nservice-policy P global\n"
    )
    made.file = str(tmp_path / "gateway.cfg")
    async with served(tmp_path, made) as port, client(port) as connection:
        done = await connection.run(short)
    assert done.exit_status == 0, done.stdout
    assert str(done.stdout).startswith(first)


@timed
async def test_rule_6_mistakes(tmp_path: Path) -> None:
    """A caret below the wrong word, then the appliance's sentence."""
    async with served(tmp_path, gateway()) as port:
        seen = await typed(
            port, "show frobnication", "show", "frob", "show c", "conf t"
        )
    assert (
        "gw# show frobnication\r\n"
        "         ^\r\n"
        "ERROR: % Invalid input detected at '^' marker.\r\ngw# " in seen
    )
    assert "ERROR: % Incomplete command\r\n" in seen
    assert "ERROR: % Unrecognized command\r\n" in seen
    assert 'ERROR: % Ambiguous command:  "show c"\r\n' in seen


@timed
async def test_rule_7_a_command_without_a_shell(tmp_path: Path) -> None:
    """One command, one answer, its status; also when the client asks for a
    terminal."""
    async with served(tmp_path, gateway()) as port, client(port) as connection:
        for kind in (None, "xterm"):
            good = await connection.run("show running-config hostname", term_type=kind)
            bad = await connection.run("show frobnication", term_type=kind)
            assert (good.exit_status, str(good.stdout).split()) == (
                0,
                ["hostname", "gw"],
            )
            assert bad.exit_status == 1
            assert "Invalid input" in str(bad.stdout)


@timed
async def test_rule_8_the_frame_of_the_configuration(tmp_path: Path) -> None:
    """`: Saved` to `: end`, a checksum, one blank for each level."""
    made = gateway(
        "hostname gw\nusername admin password cisco privilege 15\n"
        "policy-map type inspect esmtp M\n match body length gt 10\n  log\n"
    )
    async with served(tmp_path, made) as port, client(port) as connection:
        shown = await connection.run("show running-config")
    lines = str(shown.stdout).splitlines()
    assert lines[:2] == [": Saved", ":"]
    assert re.fullmatch(r"ASA Version \d+\.\d+\(\d+\)", lines[2])
    assert re.fullmatch(r"Cryptochecksum:[0-9a-f]{32}", lines[-2])
    assert lines[-1] == ": end"
    at = lines.index("policy-map type inspect esmtp M")
    assert [line.rstrip() for line in lines[at + 1 : at + 4]] == [
        " parameters",
        " match body length gt 10",
        "  log",
    ]


@timed
async def test_rule_9_what_this_is(tmp_path: Path) -> None:
    """What parsers look for, and our own name on a line of its own."""
    async with served(tmp_path, gateway()) as port, client(port) as connection:
        shown = str((await connection.run("show version")).stdout)
    assert re.search(r"(?m)^mailward Software Version 1\.2\.3$", shown)
    assert "Cisco Adaptive Security Appliance" in shown
    for pattern in (
        r"^gw up \d+ hours? \d+ mins?$|^gw up \d+ days? ",
        r"^Hardware: +\S",
        r"^Serial Number: \S+$",
        r'^System image file is "\S+"$',
    ):
        assert re.search(pattern, shown, re.MULTILINE), pattern


@timed
async def test_who_types_a_wrong_password_three_times(tmp_path: Path) -> None:
    """Is sent away, each time audited."""
    made = gateway()
    tries: list[str] = []

    class Stubborn(asyncssh.SSHClient):
        """Types something else each time."""

        def password_auth_requested(self) -> str:
            """See SSHClient."""
            tries.append("x")
            return f"wrong{len(tries)}"

    async with served(tmp_path, made) as port:
        with pytest.raises(asyncssh.PermissionDenied):
            await asyncssh.connect(
                "127.0.0.1",
                port,
                username="admin",
                known_hosts=None,
                config=[],
                agent_path=None,
                client_factory=Stubborn,
            )
    assert len(tries) == 3
    assert made.auditor is not None
    assert made.auditor.counts[605004] == 3


@timed
async def test_keys_of_a_terminal(tmp_path: Path) -> None:
    """What is typed in one piece: history, erasing, `?` in the middle of a line,
    tab, Ctrl-C; it is the same line discipline at every size."""
    async with served(tmp_path, gateway()) as port:
        seen = await typed(port, "show clock", "\x1b[A", "shoq\x7fw clo\t")
        assert seen.count("UTC") == 3
        seen = await typed(port, "show cl?\x03show clock")
        assert "  clock" in seen
        assert "^C\r\ngw# show clock\r\n" in seen
        seen = await typed(port, "terminal pager 6", "show version", " q" * 5)
        assert "<--- More --->\r              \r" in seen


@timed
async def test_there_is_room_for_so_many(tmp_path: Path) -> None:
    """And who found none is counted."""
    made = gateway()
    async with served(tmp_path, made) as port, client(port) as connection:
        shown = str((await connection.run("show resource usage")).stdout)
        assert re.search(rf"(?m)^SSH +1 +1 +{SSH_MOST} +0 System$", shown)
        sessions = str((await connection.run("show ssh sessions")).stdout)
        assert " SessionStarted   admin\n" in sessions
        connection.close()
        await connection.wait_closed()
        while made.guests.now:
            await asyncio.sleep(0.01)
    assert made.guests.most == 1
