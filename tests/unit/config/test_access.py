"""Access groups, compiled."""

from mailward.config.access import access
from mailward.config.traffic import TrafficCompiler
from mailward.errors import ConfigError
from mailward.policy.access import Access
from tests.unit.config.kit import taken, told

LIST = "access-list a permit tcp any any eq 25\n"


def made(text: str) -> tuple[Access, list[ConfigError]]:
    """The access groups of a text, and what is odd about them."""
    running = taken(text)
    warnings: list[ConfigError] = []
    return access(running, TrafficCompiler(running), warnings), warnings


def test_places() -> None:
    """Each way of each interface has its list; one list may filter at many."""
    found, warnings = made(
        f"{LIST}access-group a in interface outside\n"
        "access-group a out interface outside\naccess-group a global\n"
        "access-group a in interface dmz control-plane\n"
    )

    assert list(found.entrances) == list(found.exits) == ["outside"]
    assert found.everywhere is found.entrances["outside"] is found.exits["outside"]
    assert not warnings
    assert made("")[0] == Access()


def test_leave() -> None:
    """Each `same-security-traffic` gives leave for one thing."""
    line = "same-security-traffic permit"
    between, within = f"{line} inter-interface\n", f"{line} intra-interface\n"

    assert made(between)[0] == Access(between=True)
    assert made(within + between)[0] == Access(between=True, within=True)


def test_a_list_that_is_not_there() -> None:
    """It denies everything, and that is told."""
    found, warnings = made("access-group b in interface outside\n")

    assert found.entrances["outside"].entries == ()
    assert told(warnings) == [
        (1, 14, "no access list is called b: nothing passes here")
    ]
