"""`match cmd verb`: words to codes, codes to yes or no."""

from mailward.criteria.command import VERB_IN, VerbIn
from mailward.facts import Facts
from mailward.lang.tokens import Args, Choice, Names
from mailward.smtp.verbs import BDAT, STARTTLS, UNKNOWN, VERBS, VRFY
from mailward.stages import VERB
from mailward.verdicts import DROPS, LOGS, MASKS, RATES, RESETS


def held(*words: str) -> list[int]:
    """The verbs for which a match of these words holds."""
    made = VERB_IN.make(Args({"verbs": words}), Names())
    facts = Facts()
    out = []
    for code in (UNKNOWN, BDAT, *(row.code for row in VERBS)):
        facts.verb = code
        if made.holds(facts):
            out.append(code)
    return out


def test_listed_verbs() -> None:
    """Each listed verb holds, no other."""
    assert (VERB_IN.kind, VerbIn.stage) == (VerbIn, VERB)
    assert held("STARTTLS", "VRFY") == [VRFY, STARTTLS]


def test_what_is_no_verb_is_never_listed() -> None:
    """With all words listed, unknown commands and BDAT still do not hold."""
    choice = VERB_IN.syntax[2]
    assert isinstance(choice, Choice)

    assert held(*(word for word, _ in choice.words)) == [row.code for row in VERBS]


def test_words_of_the_list() -> None:
    """The appliance's fourteen, `SEND` and `STARTTLS`; in capitals, sorted."""
    choice = VERB_IN.syntax[2]
    assert isinstance(choice, Choice)

    assert " ".join(word for word, _ in choice.words) == (
        "AUTH DATA EHLO ETRN HELO HELP MAIL NOOP QUIT RCPT RSET SAML SEND SOML "
        "STARTTLS VRFY"
    )


def test_any_action() -> None:
    """Commands may be covered and delayed as well."""
    assert VERB_IN.allows == DROPS | RESETS | LOGS | MASKS | RATES


def test_what_was_looked_at() -> None:
    """The verb by its word; every other command by what it is."""
    facts = Facts()
    facts.verb = VRFY
    assert VERB_IN.saw(facts) == b"VRFY"
    facts.verb = UNKNOWN
    assert VERB_IN.saw(facts) == b"an unknown command"
