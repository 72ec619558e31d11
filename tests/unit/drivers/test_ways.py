"""The interface through which an address is reached, by the kernel here."""

import pytest

from mailward.drivers.ways import Egress


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8"])
def test_this_machine(address: str) -> None:
    """What is this machine's own goes out through lo."""
    egress = Egress({"inside": "lo"})

    assert egress(address) == "inside"


def test_what_is_not_named() -> None:
    """A device that the configuration does not name, and no address at all."""
    egress = Egress({"outside": "none0"})

    assert [egress("127.0.0.1"), egress("::"), egress("nonsense")] == ["", "", ""]


def test_an_answer_holds_for_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel is asked once a second for an address, and few are kept: memory
    is bounded, however many are asked for."""
    now = 100.0
    asked: list[str] = []

    def device(_: Egress, address: str) -> str:
        asked.append(address)
        return "lo"

    monkeypatch.setattr(Egress, "_device", device)
    egress = Egress({"inside": "lo"}, lambda: now)
    assert [egress("127.0.0.1"), egress("127.0.0.1")] == ["inside", "inside"]
    now = 100.9
    egress("127.0.0.1")
    assert len(asked) == 1
    now = 101.0
    egress("127.0.0.1")
    assert len(asked) == 2
    for number in range(4095):
        egress(str(number))
    egress("127.0.0.1")
    assert asked.count("127.0.0.1") == 3
