"""Claims about `mailward.console.connections`."""

import json

import pytest

from mailward.audit.totals import Connection, Totals
from mailward.console.gateway import Gateway
from mailward.console.session import answer
from tests.unit.console.gateways import gateway


def flowing() -> Gateway:
    """Two connections, one inspected, one outbound and closed on one side."""
    state = gateway()
    ends = ("outside", "203.0.113.9", 51111, "inside", "10.1.1.5", 25)
    other = ("inside", "10.1.1.5", 4000, "outside", "192.0.2.1", 25)
    connections = (
        Connection(8, *other, False, False, 0, 2.5, 93_784.0, True),
        Connection(7, *ends, True, True, 812, 2.5, 62.5, map_name="L7_MAP"),
    )
    state.totals = lambda: Totals(connections=connections, most=12)
    return state


def test_connections() -> None:
    """The less trusted side first; `M` where SMTP is inspected."""
    assert answer("show conn", gateway()) == "0 in use, 0 most used\n"
    state = flowing()
    assert answer("show conn", state) == (
        "2 in use, 12 most used\n"
        "TCP outside 203.0.113.9:51111 inside 10.1.1.5:25, idle 0:00:02, bytes 812, "
        "flags UIOBM\n"
        "TCP outside 192.0.2.1:25 inside 10.1.1.5:4000, idle 0:00:02, bytes 0, "
        "flags UIOF\n"
    )
    assert answer("show conn count", state) == "2 in use, 12 most used\n"
    assert json.loads(answer("show conn | json", state))["answer"][0] == {
        "number": 7,
        "client": "203.0.113.9:51111",
        "client-interface": "outside",
        "server": "10.1.1.5:25",
        "server-interface": "inside",
        "idle": "0:00:02",
        "uptime": "0:01:02",
        "bytes": 812,
        "flags": "UIOBM",
        "inspect": "L7_MAP",
    }


def test_longer_layouts() -> None:
    """With the legend of the flags, and how long each has stood."""
    state = flowing()
    detail = answer("show conn detail", state).splitlines()
    assert detail[1].startswith("Flags: B - initial SYN from outside, ")
    assert detail[3:5] == [
        "TCP outside: 203.0.113.9/51111 inside: 10.1.1.5/25,",
        "    flags UIOBM, idle 2s, uptime 1m2s, bytes 812",
    ]
    long = answer("show conn long", state).splitlines()
    assert long[-2:] == [
        (
            "TCP outside: 192.0.2.1/25 (192.0.2.1/25) inside: 10.1.1.5/4000 "
            "(10.1.1.5/4000), flags UIOF , idle 2s, uptime 1D2h, bytes 0"
        ),
        "  Initiator: 10.1.1.5, Responder: 192.0.2.1",
    ]


@pytest.mark.parametrize(
    ("words", "ports"),
    [
        ("address 203.0.113.9", [51111]),
        ("address 10.1.1.5", [51111, 4000]),
        ("address 10.1.1.5 port 4000", [4000]),
        ("port 25", [51111, 4000]),
        ("port 26", []),
    ],
)
def test_some_can_be_chosen(words: str, ports: list[int]) -> None:
    """By address and port of either side; the head counts all."""
    text = answer(f"show conn {words}", flowing())
    assert text.startswith("2 in use")
    assert [port for port in (51111, 4000) if f":{port}" in text] == ports


def test_connections_are_cleared() -> None:
    """It says how many, and which are meant goes to whoever holds them."""
    state = flowing()
    asked: list[tuple[str, str]] = []
    state.clear = lambda what, which: asked.append((what, which))
    assert answer("clear conn all", state) == "2 connection(s) deleted.\n"
    text = answer("clear conn address 203.0.113.9", state)
    assert text == "1 connection(s) deleted.\n"
    assert asked == [("conn", ""), ("conn", "203.0.113.9")]
