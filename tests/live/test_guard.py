"""Access groups over real sockets: who is denied sees RST, the server nothing."""

import pytest

from mailward.config.load import load
from mailward.drivers.door import FixedDoor, Route
from tests.live.stands import Stand, ended, looped, pass_on, standing

LISTED = """\
access-list IN extended permit tcp any any eq 2525 log 4
access-list IN extended {judged} tcp any any eq smtp
access-group IN in interface outside
"""
LEVELS = """\
interface eth0
 nameif outside
 security-level 0
interface eth1
 nameif inside
 security-level 100
"""


async def denied(stand: Stand) -> None:
    """A client comes and is sent away."""
    with pytest.raises(ConnectionResetError):
        await ended(await stand.client())
    await stand.over()
    assert stand.served.empty()


@looped
async def test_a_list_denies() -> None:
    """106023; the door by hand knows lists, and no levels."""
    async with standing(load(LEVELS + LISTED.format(judged="deny")).gate) as stand:
        await denied(stand)

        assert [line.split(":")[0] for line in stand.memory.lines] == ["%ASA-4-106023"]


@looped
async def test_a_list_permits() -> None:
    """The connection stands, and nothing is said of the list."""
    async with standing(load(LEVELS + LISTED.format(judged="permit")).gate) as stand:
        client, server = await stand.both()
        await pass_on(server, client, b"220 mail.example\r\n")

        assert [line.split(":")[0] for line in stand.memory.lines] == ["%ASA-6-302013"]


@looped
async def test_an_entry_with_log() -> None:
    """106100 for what is permitted, too."""
    text = LEVELS + LISTED.format(judged="permit").replace("eq smtp", "eq smtp log 4")
    async with standing(load(text).gate) as stand:
        client, server = await stand.both()
        await pass_on(server, client, b"220 mail.example\r\n")

        assert [line.split(":")[0] for line in stand.memory.lines] == [
            "%ASA-4-106100",
            "%ASA-6-302013",
        ]


@looped
async def test_levels_deny() -> None:
    """106001 at a door whose interfaces are the configuration's own; not at one
    that was given by hand."""

    def own(route: Route) -> FixedDoor:
        return FixedDoor(route, by_level=True)

    async with standing(load(LEVELS).gate, door=own) as stand:
        await denied(stand)

        assert [line.split(":")[0] for line in stand.memory.lines] == ["%ASA-2-106001"]
    async with standing(load(LEVELS).gate) as stand:
        client, server = await stand.both()
        await pass_on(server, client, b"220 mail.example\r\n")
