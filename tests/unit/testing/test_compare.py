"""Comparing: every kind of difference is told, and nothing else is."""

import pytest

from mailward.testing.bench import Bench, Heard, Outcome, Pieces, Written
from mailward.testing.compare import (
    difference,
    differences,
    record_differences,
    split_differences,
)
from mailward.testing.dialogue import Dialogue, Turn, parse
from mailward.verdicts import PASS
from tests.unit.testing.test_bench import MAP


def dialogue(*lines: str) -> Dialogue:
    """A dialogue called `d`."""
    return parse("\n".join(("# A claim.", "--", *lines)), "d")


def carried_out(read: Dialogue) -> Outcome:
    """What comes of it under the map of the bench's tests."""
    return Bench.of(MAP).carry_out(read.turns)


def test_nothing_to_tell() -> None:
    """A dialogue that holds has no differences."""
    read = dialogue("S: 220 ab", "c: 220 **", "C: NOOP")

    assert differences(read, carried_out(read)) == []


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (("S: 220 ab",), "d:3: the client received 8 octets, not 8; at 4:"),
        (("S: 220 a", "c: 220 *", "C: WIZ"), "d:5: the server received 5"),
        (("S: 220 a", "c: 220 *", "C: NOOP", "! drop", "s: NOOP"), "d:5: verdict pass"),
    ],
)
def test_first_difference(lines: tuple[str, ...], says: str) -> None:
    """A difference names file, line and listener; only the first turn is told."""
    read = dialogue(*lines, "", "C: WIZ")
    told = differences(read, carried_out(read))

    assert told[0].startswith(says)
    assert len(told) == 1


def test_difference_shows_the_place() -> None:
    """Octets around the first one that differs, from both sides."""
    told = difference(b"x" * 100 + b"a" + b"y" * 100, b"x" * 100 + b"b" + b"y" * 100)

    assert told.startswith("received 201 octets, not 201; at 100:")
    assert repr(b"x" * 30 + b"b" + b"y" * 29) in told
    assert repr(b"x" * 30 + b"a" + b"y" * 29) in told


SMTP = Written(108005, 6, "one")
END = Written(507003, 4, "two")
OWN = Written(900005, 4, "three")
QUIET = Written(900001, 7, "four")
CONNECTION = Written(302014, 6, "five")


def test_records_that_need_not_be_listed() -> None:
    """Debugging records of our own and those of connections are optional."""
    assert record_differences(dialogue("C: a"), (QUIET, CONNECTION)) == []


@pytest.mark.parametrize("record", [SMTP, END, OWN])
def test_record_that_is_not_listed(record: Written) -> None:
    """Records of SMTP, of an end by inspection and our warnings must be listed."""
    assert record_differences(dialogue("C: a"), (record,)) == [
        f"d: a record is not listed:\n% {record.number} {record.text}"
    ]


def test_record_listed_in_vain() -> None:
    """A record that did not come is told."""
    assert record_differences(dialogue("C: a", "% 108005 one"), ()) == [
        "d:4: this record is missing"
    ]


def test_record_that_reads_otherwise() -> None:
    """A record with another text is shown."""
    assert record_differences(dialogue("C: a", "% 108005 two"), (SMTP,)) == [
        "d:4: it is instead\n% 108005 one"
    ]


def test_record_of_another_severity() -> None:
    """Where a severity is asked for, the one that came is shown."""
    assert record_differences(dialogue("C: a", "% 5-108005 one"), (SMTP,)) == [
        "d:4: it is instead\n% 6-108005 one"
    ]


def test_listing_one_number_means_all_of_it() -> None:
    """Who lists one optional record must list all with its number."""
    read = dialogue("C: a", "% 302014 five")

    assert record_differences(read, (QUIET, CONNECTION)) == []
    assert len(record_differences(read, (CONNECTION, CONNECTION))) == 1


def test_splits_that_agree() -> None:
    """A dialogue whose outcome does not depend on cuts has no differences."""
    read = dialogue("S: 220 ab", "C: NOOP", "C: WIZ", "S: 250 a")

    assert split_differences(read, Bench.of(MAP).carry_out) == []


def fickle(turns: tuple[Turn, ...], pieces: Pieces | None) -> Outcome:
    """An outcome that hangs on how many pieces there are."""
    count = 0 if pieces is None else len(pieces[0])
    return Outcome(
        heard=tuple(Heard(bytes(count), b"", PASS) for _ in turns),
        findings=((count,),),
        records=(Written(1, 1, str(count)),),
        counts=(count,),
    )


def test_split_that_matters_is_told() -> None:
    """An outcome that hangs on the cut is told with its turn and its pieces."""
    told = split_differences(dialogue("S: 220 a"), fickle)

    assert told[0] == "d: the outcome depends on how segments are cut"
    assert told[1].startswith("turn at line 3 cut [b'2', b'20 a")
    assert [line.partition(":")[0] for line in told[2:]] == [
        "findings",
        "records",
        "counts",
    ]


def test_octet_by_octet_is_the_last_way() -> None:
    """When all else agrees, everything is cut at once."""
    tried: list[int] = []

    def late(turns: tuple[Turn, ...], pieces: Pieces | None) -> Outcome:
        tried.append(0 if pieces is None else sum(map(len, pieces)))
        return fickle(turns, pieces if tried[-1] == 2 else None)

    told = split_differences(dialogue("C+ a", "", "C+ b"), late)

    assert tried == [0, 2]
    assert told[0] == "d: the outcome depends on how segments are cut"
