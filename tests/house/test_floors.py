"""Imports go down; strangers stay strangers; the world stays outside."""

import sys
from typing import Final

from tests.house.sources import (
    FLOORS,
    PURE,
    TESTING_FLOOR,
    TESTING_GUESTS,
    Import,
    Source,
    sources,
)

#: Libraries of others that a pure house may lean on.
LIBRARIES: Final = {
    ("policy", "mypy_extensions"),
    ("rex", "re2"),
    ("octets", "stringzilla"),
    ("octets", "numpy"),
}


def offence(source: Source, what: Import) -> str:
    """What is wrong with this import; empty when nothing is."""
    if not what.house:
        return ""
    if what.house == "__version__":
        return ""
    if what.house == "testing":
        allowed = source.house in TESTING_GUESTS
        return "" if allowed else "nothing but demo and the tests imports testing"
    if source.house == what.house:
        return ""
    target = FLOORS.get(what.house, -1)
    if target < 0:
        return f"{what.house} has no floor"
    if source.house == "testing":
        return "" if target <= TESTING_FLOOR else "testing looks no higher than floor 6"
    if target == source.floor:
        return f"{source.house} and {what.house} are strangers on floor {target}"
    if target > source.floor:
        return f"floor {source.floor} imports floor {target}"
    return ""


def told(source: Source, what: Import, why: str) -> str:
    """The offending line, as an editor finds it."""
    return f"src/mailward/{source.path}:{what.line}: {what.text}  <- {why}"


def test_every_house_has_a_floor() -> None:
    """A new house is entered in the table before anything else happens."""
    homeless = {
        s.house for s in sources() if s.house not in FLOORS and s.house != "testing"
    }

    assert homeless - {""} == set()


def test_imports_go_down() -> None:
    """Nothing imports from its own floor or from above it."""
    offences = [
        told(source, what, why)
        for source in sources()
        if source.house
        for what in source.imports()
        if (why := offence(source, what))
    ]

    assert offences == []


def test_pure_houses_need_no_library() -> None:
    """Floors 0 to 5 stand on the standard library, save stringzilla and numpy
    under octets, google-re2 under rex."""
    offences = [
        told(source, what, "a library of others")
        for source in sources()
        if source.pure
        for what in source.imports()
        if (top := what.module.split(".")[0]) != "mailward"
        and top not in sys.stdlib_module_names
        and (source.house, top) not in LIBRARIES
    ]

    assert offences == []


def test_the_test_sees_an_offence() -> None:
    """The rules above say no where no must be said."""
    engine = Source("engine/session.py")
    lang = Source("lang/reader.py")
    cli = Source("cli.py")
    kit = Source("testing/dialogue.py")

    def asks(module: str) -> Import:
        return Import(f"mailward.{module}", 1, f"import mailward.{module}")

    assert [
        offence(engine, asks("policy.rule")),
        offence(engine, asks("engine.body")),
        offence(engine, asks("config.load")),
        offence(engine, asks("drivers.flow")),
        offence(lang, asks("smtp.verbs")),
        offence(lang, asks("testing.splits")),
        offence(cli, asks("demo")),
        offence(kit, asks("drivers.relay")),
        offence(kit, asks("console.shows")),
        offence(cli, asks("attic")),
    ] == [
        "",
        "",
        "engine and config are strangers on floor 5",
        "floor 5 imports floor 6",
        "lang and smtp are strangers on floor 1",
        "nothing but demo and the tests imports testing",
        "",
        "",
        "testing looks no higher than floor 6",
        "attic has no floor",
    ]
    assert PURE < TESTING_FLOOR
