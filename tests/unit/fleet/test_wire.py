"""What supervisor and worker say: whole, bounded, across any cut."""

import json
import struct

import pytest

from mailward.fleet import wire
from mailward.fleet.wire import DOWN, MESSAGES, UP, Decoder, WireError, encode

#: A value of each type that a field may have.
SAMPLES: dict[type, object] = {
    bool: True,
    int: 7,
    float: 2.5,
    str: "a\nü\0",
    dict: {"a": [1, "é"]},
    list: [["x", 1], {}],
}


def sample(row: wire.MessageRow) -> tuple[bytes, dict[str, object]]:
    """A lawful message of the row, and its fields."""
    fields = {name: SAMPLES[kind] for name, kind in row.fields}
    return encode(row.name, **fields), fields


def framed(thing: object) -> bytes:
    """Anything, in a frame."""
    octets = json.dumps(thing).encode()
    return struct.pack("!I", len(octets)) + octets


@pytest.mark.parametrize("way", [DOWN, UP])
def test_every_message_at_every_cut(way: str) -> None:
    """All messages of one way in a row, cut at each place in turn."""
    made = [sample(row) for row in MESSAGES if row.way == way]
    octets = b"".join(wired for wired, _ in made)
    names = [row.name for row in MESSAGES if row.way == way]

    for at in range(len(octets) + 1):
        decoder = Decoder(way)
        came = [*decoder.feed(octets[:at]), *decoder.feed(octets[at:])]

        assert [message.name for message in came] == names
        assert [message.fields for message in came] == [fields for _, fields in made]


def test_octet_by_octet() -> None:
    """Nothing is told before it is whole."""
    octets, fields = sample(wire.BY_NAME[wire.POLICY])
    decoder = Decoder(DOWN)
    came = [list(decoder.feed(octets[i : i + 1])) for i in range(len(octets))]

    assert came[:-1] == [[]] * (len(octets) - 1)
    assert [message.fields for message in came[-1]] == [fields]


def test_fields_by_type() -> None:
    """Each field comes out as what its row promises."""
    start, _ = sample(wire.BY_NAME[wire.START])
    drain, _ = sample(wire.BY_NAME[wire.DRAIN])
    records, _ = sample(wire.BY_NAME[wire.RECORDS])
    totals, _ = sample(wire.BY_NAME[wire.TOTALS])
    first, second, fourth = Decoder(DOWN).feed(start + drain + totals)
    (third,) = Decoder(UP).feed(records)

    assert first.number("ticket") == 7
    assert first.text("text") == "a\nü\0"
    assert first.table("plan") == {"a": [1, "é"]}
    assert second.seconds("seconds") == 2.5
    assert fourth.truth("whole") is True
    assert third.listed("records") == [["x", 1], {}]


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (struct.pack("!I", wire.MOST + 1), "a frame of"),
        (struct.pack("!I", 1) + b"{", "no JSON"),
        (struct.pack("!I", 2) + b"\xff\xfe", "no JSON"),
        (framed({}), "no message"),
        (framed(["END"]), "no message"),
        (framed([1, {}]), "no message to the worker: 1"),
        (framed(["NONE", {}]), "no message to the worker: NONE"),
        (framed(["END", []]), "no message to the worker: END"),
        (framed(["ACK", {"ticket": 1, "error": ""}]), "no message to the worker: ACK"),
        (framed(["REOPEN", {}]), "REOPEN: fields"),
        (framed(["REOPEN", {"ticket": "1"}]), "REOPEN: fields"),
        (framed(["REOPEN", {"ticket": True}]), "REOPEN: fields"),
        (framed(["REOPEN", {"ticket": 1, "more": 1}]), "REOPEN: fields"),
    ],
)
def test_what_is_no_message(octets: bytes, why: str) -> None:
    """Nothing that breaks the form is taken."""
    with pytest.raises(WireError, match=why):
        list(Decoder(DOWN).feed(octets))


def test_a_nest_without_end() -> None:
    """Deep nesting is a broken frame, no broken process."""
    octets = b"[" * 200_000

    with pytest.raises(WireError, match="no JSON"):
        list(Decoder(DOWN).feed(struct.pack("!I", len(octets)) + octets))


def test_what_cannot_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong fields, or too much of them."""
    with pytest.raises(WireError, match="TOTALS: fields"):
        encode(wire.TOTALS)
    monkeypatch.setattr(wire, "MOST", 100)

    with pytest.raises(WireError, match="are more than 100"):
        encode(wire.POLICY, ticket=1, generation=1, text="x" * 100)


def test_every_message_is_told() -> None:
    """Names are there once, and each row says what it is for."""
    assert len(wire.BY_NAME) == len(MESSAGES)
    assert all(row.tells.endswith(".") for row in MESSAGES)
