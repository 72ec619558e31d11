"""`match ehlo-reply-parameter`: words to codes, codes to yes or no."""

from mailward.criteria.ehlo import EHLO_KEYWORD, EhloKeyword
from mailward.facts import Facts
from mailward.lang.tokens import Args, Choice, Names
from mailward.smtp.ehlo import AUTH, CHUNKING, OTHERS, SIZE, STARTTLS
from mailward.stages import KEYWORD
from mailward.verdicts import MASKS


def asked(made: EhloKeyword, code: int) -> bool:
    """Does it hold for the keyword with this code?"""
    facts = Facts()
    facts.keyword = code
    return made.holds(facts)


def test_listed_words() -> None:
    """Each listed extension holds, no other."""
    made = EHLO_KEYWORD.make(Args({"keywords": ("auth", "size")}), Names())

    assert isinstance(made, EhloKeyword)
    assert made.stage == KEYWORD
    assert [c for c in range(13) if asked(made, c)] == [AUTH, SIZE]


def test_others() -> None:
    """`others` stands for all that has no word, STARTTLS and CHUNKING too."""
    made = EHLO_KEYWORD.make(Args({"keywords": ("others",)}), Names())

    assert isinstance(made, EhloKeyword)
    assert [c for c in range(13) if asked(made, c)] == [OTHERS, STARTTLS, CHUNKING]


def test_words_of_the_list() -> None:
    """The eleven words of the appliance, `binarymime` as an alias."""
    choice = EHLO_KEYWORD.syntax[1]
    assert isinstance(choice, Choice)
    listed = "8bitmime auth binaryname checkpoint dsn ecode etrn others pipelining"

    assert " ".join(text for text, _ in choice.words) == f"{listed} size vrfy"
    assert choice.aliases == (("binarymime", "binaryname"),)


def test_may_be_masked() -> None:
    """What is announced may be covered."""
    assert EHLO_KEYWORD.allows & MASKS


def test_what_was_looked_at() -> None:
    """The extension by its word, if it has one."""
    facts = Facts()
    facts.keyword = STARTTLS
    assert EHLO_KEYWORD.saw(facts) == b"STARTTLS"
    facts.keyword = OTHERS
    assert EHLO_KEYWORD.saw(facts) == b"another extension"
