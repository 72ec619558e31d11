"""The appliance's language as a whole: what is printed means the same, what is
offered is accepted, what is refused changes nothing."""

from contextlib import suppress
from random import Random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailward.config.load import blank, compile_running, load
from mailward.config.modes import CONFIG, MODES
from mailward.config.objects import GRAMMAR, OBJECTS
from mailward.config.objects.system import CLEAR
from mailward.config.running import TOP, Place, Running
from mailward.errors import ConfigError, ConfigErrors
from mailward.lang import samples
from mailward.lang.advisor import advise, complete
from mailward.lang.reader import INCOMPLETE, LineError, read
from mailward.lang.rows import IGNORED, NEVER, Mode
from mailward.lang.tokens import Word
from mailward.lang.words import piece_at
from tests.properties.typing import BEFORE, drawn, known, lawful, meaning

#: The deep profile takes its time.
pytestmark = pytest.mark.timeout(3600)

#: Rows whose lines may stand.
STANDING: Final = [
    row
    for row in OBJECTS
    if row.line.status != IGNORED
    and not row.refused
    and row.line.mode is CONFIG
    and row is not CLEAR
]
WORDS: Final = sorted(
    {word.text for row in STANDING if isinstance(word := row.line.syntax[0], Word)}
)


@given(st.data())
def test_what_is_printed_means_the_same(data: st.DataObject) -> None:
    """Read again it prints the same, and a gateway obeys the same, `all`
    included."""
    loaded = lawful(drawn(data))
    printed = loaded.running.render()
    again = load(printed)

    assert again.running.render() == printed
    assert meaning(again) == meaning(loaded)
    everything = loaded.running.render(everything=True)
    factory = "policy-map type inspect esmtp _default_esmtp_map"
    ours = "".join(
        block
        for block in blocks(everything)
        if not block.startswith((factory, "class-map inspection_default\n"))
    )
    assert meaning(load(ours)) == meaning(loaded)


def blocks(text: str) -> list[str]:
    """The lines of a text, each with those under it."""
    out: list[str] = []
    for line in text.splitlines(keepends=True):
        if line.startswith(" "):
            out[-1] += line
        else:
            out.append(line)
    return out


@given(st.data())
def test_typed_or_loaded_is_the_same(data: st.DataObject) -> None:
    """Line by line at a console, or at once from a file.

    Who types leaves a mode where the text does: to a line that nobody understands
    nothing else tells where it belongs.
    """
    printed = lawful(drawn(data)).running.render()
    running, places = blank(), [TOP]
    for line in printed.splitlines():
        if line == "!":
            continue
        del places[len(line) - len(line.lstrip(" ")) + 1 :]
        places.append(running.apply(places[-1], line, keep=True))

    assert running.render() == printed


@given(st.data(), st.booleans())
def test_what_is_refused_changes_nothing(data: st.DataObject, no: bool) -> None:
    """Each line typed at a console is taken whole or refused whole, and what then
    stands loads or is told why not, with the old one untouched."""
    running = load(BEFORE).running
    before = running.render()
    place: Place = TOP
    for line in drawn(data):
        stood = running.render()
        try:
            place = running.apply(
                place, f"no {line.strip()}" if no else line, keep=False
            )
        except ConfigError:
            assert running.render() == stood
        else:
            copy = running.copy()
            with suppress(ConfigErrors):
                compile_running(copy)
            assert copy.render() == running.render()
    assert load(before).running.render() == before


@pytest.mark.parametrize("row", STANDING, ids=lambda row: row.line.kind)
def test_no_takes_each_line_away(row: object) -> None:
    """Whatever stands goes by `no` and the line as it is printed; or it has no
    such form, or something names it."""
    found = next(r for r in STANDING if r is row)
    for text in samples.lines(found.line, known):
        running = Running()
        running.apply(TOP, text)
        for line in running.render().replace("!\n", "").splitlines():
            if line.startswith((" ", "no ")) or found.line.key == NEVER:
                continue
            running.apply(TOP, f"no {line}")
            left = running.render().replace("!\n", "")
            assert line.rstrip() not in [x.rstrip() for x in left.splitlines()]


@pytest.mark.parametrize("word", WORDS)
def test_clear_configure_of_each(word: str) -> None:
    """All lines that begin so go at once; or something else names them, and then
    none goes."""
    running = load(BEFORE).running
    for row in STANDING:
        line = samples.lines(row.line, known)[0]
        if line.split()[0] == word:
            running.apply(TOP, line)
    before = running.render()
    assert tops(before, word)
    told = ""
    try:
        running.apply(TOP, f"clear configure {word}")
    except ConfigError as error:
        told = error.message

    assert not told or " is in use by `" in told
    assert running.render() == before if told else not tops(running.render(), word)


def tops(text: str, word: str) -> list[str]:
    """The outermost lines that begin with a word."""
    return [line for line in text.splitlines() if line.split(" ")[0] == word]


def test_clear_configure_all() -> None:
    """Nothing is left."""
    running = load(BEFORE).running
    running.apply(TOP, "clear configure all")

    assert running.render() == ""


def refused(line: str, mode: Mode) -> LineError | None:
    """How the reader refuses a line, if it does."""
    try:
        read(GRAMMAR, mode, line)
    except LineError as caught:
        return caught
    return None


@given(st.data(), st.randoms(use_true_random=False))
def test_every_word_that_is_offered_is_accepted(
    data: st.DataObject, random: Random
) -> None:
    """Within any lawful line of any mode, what `?` offers may be typed: the line
    is then complete, or not yet, but never wrong there."""
    row = data.draw(st.sampled_from([row.line for row in OBJECTS]))
    negated = row.key >= 0 and random.random() < 0.2
    line = samples.line(row, random.randrange, known, negated=negated)
    ends = [0]
    while (piece := piece_at(line, ends[-1])) is not None:
        ends.append(piece.end)
    end = random.choice(ends)
    head = f"{line[:end]} " if end else ""
    for block in advise(GRAMMAR, row.mode, head, known):
        for offer in block.offers:
            texts = [offer.text] if offer.literal else [""]
            if not offer.literal and offer.leaf is not None:
                texts = samples.values(offer.leaf, known)
            for text in texts:
                error = refused(head + text, block.mode)
                assert error is None or error.code == INCOMPLETE, head + text
                assert error is None or offer.text != "<cr>", head


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_a_walk_by_the_question_mark(mode: Mode) -> None:
    """From an empty line on, whoever types one offer after the other ends with a
    line that is read, in every mode; and the tab key makes the words whole."""
    for seed in range(40):
        random = Random(f"{mode.name} {seed}")
        line = ""
        for _ in range(60):
            (block, *_) = advise(GRAMMAR, mode, line, known)
            offer = random.choice(block.offers)
            if offer.text == "<cr>":
                break
            text = offer.text
            if not offer.literal and offer.leaf is not None:
                # Half a quote is a word that has not ended.
                texts = samples.values(offer.leaf, known)
                text = random.choice([t for t in texts if t.count('"') != 1])
            elif offer.literal:
                whole = complete(GRAMMAR, mode, line + text, known)
                assert whole.startswith(line + text)
            line = f"{line}{text} "
        else:
            continue
        assert refused(line, block.mode) is None, line
