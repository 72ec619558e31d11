"""Advisor: `?` and tab."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.lang import samples
from mailward.lang.advisor import Offer, advise, complete, page
from mailward.lang.grammar import Grammar
from mailward.lang.reader import INCOMPLETE, LineError, read
from mailward.lang.rows import LineRow, Mode
from mailward.lang.tokens import Maybe, Name, Ref, Word
from mailward.lang.words import piece_at
from tests.unit.lang import toy


def offers(line: str, mode: Mode = toy.KITCHEN) -> dict[str, list[str]]:
    """What each mode offers at the end of a line, by the mode's name."""
    blocks = advise(toy.GRAMMAR, mode, line, toy.known)
    return {b.mode.name: [offer.text for offer in b.offers] for b in blocks}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", ["door", "lamp", "menu", "no", "note", "serve", "spice"]),
        ("S", ["serve", "spice"]),
        ("n", ["no", "note"]),
        ("no", ["no", "note"]),
        ("no ", ["door", "lamp", "menu", "serve", "spice"]),
        ("no n", []),
        ("menu ", ["type", "WORD < 41 char"]),
        ("menu t", ["type", "WORD < 41 char"]),
        ("menu t ", ["day", "<cr>"]),
        ("menu " + "x" * 41, []),
        # a name that is there already, to open it again
        ("menu l", ["late", "lunch", "WORD < 41 char"]),
        ("menu lun", ["lunch", "WORD < 41 char"]),
        ("no menu l", ["late", "lunch", "WORD < 41 char"]),
        ("spice s", ["WORD < 13 char"]),
        ("lamp ", ["<1-100>", "<cr>"]),
        ("lamp 9", ["<1-100>"]),
        ("lamp x", []),
        ("serve ", ["late", "lunch"]),
        ("serve l", ["late", "lunch"]),
        ("serve lu", ["lunch"]),
        ("serve x ", ["everywhere", "room"]),
        ("serve x every ", ["quietly", "<cr>"]),
        ("serve x every", ["everywhere"]),
        ("door open h ", ["Address"]),
        ("door open ", ["any", "host", "A.B.C.D"]),
        ("door open 10.0.0.0", ["A.B.C.D"]),
        ("spice x ", ["WORD < 41 char"]),
        ('spice x "a ', ["WORD < 41 char"]),
        ("no spice x ", ["WORD < 41 char", "<cr>"]),
        ("note ", ["LINE < 61 char"]),
        ("note a ", ["<cr>"]),
        ("note a", ["LINE < 61 char"]),
        ("frob ", []),
        # an ambiguous word: the reader would refuse the line
        ("s ", []),
    ],
)
def test_offers(line: str, expected: list[str]) -> None:
    """What may stand at the end of the line: keywords in alphabetical order,
    then arguments, then the end of the line."""
    assert offers(line).get("kitchen", []) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("courses ", ["roast", "sorbet", "soup"]),
        ("courses soup ", ["roast", "sorbet", "twice", "<cr>"]),
        ("courses soup roast s", ["sorbet"]),
        ("courses so ", []),
    ],
)
def test_offers_of_a_list(line: str, expected: list[str]) -> None:
    """A list offers the words that were not given yet."""
    assert offers(line, toy.MENU).get("menu", []) == expected


def test_names_of_the_factory_are_not_opened() -> None:
    """Where a name is defined, those that begin with `_` are not offered."""
    blocks = advise(toy.GRAMMAR, toy.KITCHEN, "menu _", lambda _: ("_lore",))

    assert [o.text for b in blocks for o in b.offers] == ["WORD < 41 char"]


def test_enclosing_modes_in_their_own_block() -> None:
    """The innermost mode comes first; a mode without offers has no block."""
    assert offers("", toy.DISH) == {
        "dish": ["drop", "heat", "log", "no", "plate", "use"],
        "menu": ["courses", "dish", "no", "note"],
        "kitchen": ["door", "lamp", "menu", "no", "note", "serve", "spice"],
    }
    assert offers("note ", toy.DISH) == {
        "menu": ["LINE < 61 char"],
        "kitchen": ["LINE < 61 char"],
    }


def test_names_that_could_not_be_read() -> None:
    """A known name that is a keyword at its place is offered as the keyword
    only; an abbreviation of one is a name."""
    assert offers("use ", toy.DISH)["dish"] == ["c", "class", "pepper"]


def test_reference_where_no_name_is_known() -> None:
    """Without known names the place of a reference is shown as such."""
    (block,) = advise(toy.GRAMMAR, toy.KITCHEN, "serve ")

    assert [(offer.text, offer.literal) for offer in block.offers] == [("WORD", False)]


def test_unfit_names_are_not_offered() -> None:
    """A name that no line could hold is not offered."""
    blocks = advise(toy.GRAMMAR, toy.KITCHEN, "serve ", lambda _: ("a b", "\x1b", "ok"))

    assert [offer.text for offer in blocks[0].offers] == ["ok"]


def test_no_is_not_offered_without_need() -> None:
    """A mode in which nothing can be negated offers no `no`."""
    grammar = Grammar((LineRow("x", toy.KITCHEN, (Word("x", ""),), key=-1),))

    assert [o.text for o in advise(grammar, toy.KITCHEN, "")[0].offers] == ["x"]


def test_page() -> None:
    """The answer to `?` has the appliance's form."""
    blocks = advise(toy.GRAMMAR, toy.DISH, "no", toy.known)

    assert page(blocks) == (
        "\n"
        "kitchen-menu-dish mode commands/options:\n"
        "  no  Negate a command\n"
        "kitchen-menu mode commands/options:\n"
        "  no    Negate a command\n"
        "  note  Note on the menu\n"
        "configure mode commands/options:\n"
        "  no    Negate a command\n"
        "  note  Take a note\n"
    )
    assert page(advise(toy.GRAMMAR, toy.KITCHEN, "menu t ")) == (
        "\nconfigure mode commands/options:\n  day   Of one day\n  <cr>\n"
    )


def test_page_of_nothing() -> None:
    """Nothing to offer is a blank line."""
    assert page(()) == "\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("do", "door "),
        ("DO", "door "),
        ("  me", "  menu "),
        ("s", "s"),
        ("frob", "frob"),
        ("serve l", "serve l"),
        ("serve la", "serve late "),
        ("menu t", "menu type "),
        ("menu ", "menu "),
        ("menu x", "menu x"),
        ("menu l", "menu l"),
        ("no menu lu", "no menu lunch "),
        ("no spice p", "no spice pepper "),
        ("spice pepper", "spice pepper "),
        ("no d", "no door "),
        ("menu type ", "menu type day "),
        ("lamp ", "lamp "),
        ("door open h", "door open host "),
    ],
)
def test_complete(line: str, expected: str) -> None:
    """Tab finishes a word that has one end only."""
    assert complete(toy.GRAMMAR, toy.KITCHEN, line, toy.known) == expected


def test_complete_behind_a_keyword() -> None:
    """Tab gives the only word there is, if nothing else may stand there."""
    assert complete(toy.GRAMMAR, toy.DISH, "heat li ") == "heat li length "


def test_complete_as_far_as_all_agree() -> None:
    """Of several words, tab gives what they share, letter case set aside."""
    rows = (Word("inspect", ""), Word("INSTANT", ""), Word("other", ""))
    grammar = Grammar(tuple(LineRow(w.text, toy.KITCHEN, (w,), key=-1) for w in rows))

    assert complete(grammar, toy.KITCHEN, "i").lower() == "ins"
    assert complete(grammar, toy.KITCHEN, "ins") == "ins"


def test_start_skips_the_prompt() -> None:
    """The command may begin behind a prompt."""
    door = Word("door", "A door to the kitchen")

    assert complete(toy.GRAMMAR, toy.KITCHEN, "h# do", start=3) == "h# door "
    assert advise(toy.GRAMMAR, toy.KITCHEN, "h# do", start=3)[0].offers == (
        Offer("door", door.help, True, door),
    )


def test_same_word_twice_is_offered_once() -> None:
    """Two rows that begin alike make one offer; keywords go before names."""
    ref = Ref("name", "menu", "A menu")
    rows = (
        LineRow("a", toy.KITCHEN, (ref, Word("x", ""))),
        LineRow("b", toy.KITCHEN, (Word("lunch", "A meal"),)),
        LineRow("c", toy.KITCHEN, (Word("lunch", "A meal"), Maybe((Name("n", ""),)))),
    )
    found = advise(Grammar(rows), toy.KITCHEN, "", toy.known)[0].offers

    assert [(offer.text, offer.leaf) for offer in found if offer.leaf] == [
        ("late", ref),
        ("lunch", Word("lunch", "A meal")),
    ]


def typed(line: str, mode: Mode) -> LineError | None:
    """How the reader refuses a line, if it does."""
    try:
        read(toy.GRAMMAR, mode, line)
    except LineError as caught:
        return caught
    return None


@given(st.sampled_from(toy.ROWS), st.randoms(use_true_random=False), st.booleans())
def test_every_offer_is_accepted(row: LineRow, random: Random, no: bool) -> None:
    """Whatever `?` offers within a lawful line, the reader takes: the line is
    then complete, or incomplete, but never wrong at that word."""
    line = samples.line(row, random.randrange, negated=no and row.key >= 0)
    ends = [0]
    while (piece := piece_at(line, ends[-1])) is not None:
        ends.append(piece.end)
    end = random.choice(ends)
    head = f"{line[:end]} " if end else ""
    for block in advise(toy.GRAMMAR, row.mode, head, toy.known):
        for offer in block.offers:
            texts = [offer.text] if offer.literal else [""]
            if not offer.literal and offer.leaf is not None:
                texts = samples.values(offer.leaf)
            for text in texts:
                refused = typed(head + text, row.mode)
                assert refused is None or refused.code == INCOMPLETE
                assert refused is None or offer.text != "<cr>"


@given(st.sampled_from(toy.ROWS), st.randoms(use_true_random=False))
def test_every_finished_word_is_accepted(row: LineRow, random: Random) -> None:
    """Within a word, each keyword or name offered may replace what was typed."""
    line = samples.line(row, random.randrange)
    words = line.split(" ")
    at = random.randrange(len(words))
    head = " ".join([*words[:at], ""])
    partial = words[at][: 1 + random.randrange(len(words[at]) or 1)]
    for block in advise(toy.GRAMMAR, row.mode, head + partial, toy.known):
        for offer in block.offers:
            refused = typed(head + offer.text, row.mode) if offer.literal else None
            assert refused is None or refused.code == INCOMPLETE
