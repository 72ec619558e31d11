"""The pairing of commands with replies."""

from mailward.engine.dialogue import (
    BODY,
    COMMANDS,
    EXCHANGE,
    MOST_AWAITED,
    NOBODY,
    OPAQUE,
    PHASE_NAMES,
    ROWS,
    Dialogue,
)
from mailward.smtp.verbs import (
    AUTH,
    DATA,
    EHLO,
    GREETING,
    MAIL,
    MESSAGE,
    NOOP,
    RCPT,
    RSET,
    SECRET,
    STARTTLS,
)


def _greeted(*, pipelining: bool = False) -> Dialogue:
    dialogue = Dialogue()
    dialogue.answered(220)
    dialogue.pipelining = pipelining
    return dialogue


def test_begins_with_the_greeting() -> None:
    """Nothing may be sent before the server has greeted."""
    dialogue = Dialogue()

    assert dialogue.awaited == GREETING
    assert not dialogue.may_send()
    assert dialogue.answered(220) == GREETING
    assert dialogue.may_send()
    assert (dialogue.awaited, dialogue.newest) == (NOBODY, NOBODY)


def test_one_at_a_time_without_pipelining() -> None:
    """The next command waits for the reply."""
    dialogue = _greeted()
    dialogue.sent(NOOP)

    assert not dialogue.may_send()
    assert dialogue.answered(250) == NOOP
    assert dialogue.may_send()


def test_groups_end_where_they_must() -> None:
    """With pipelining commands go in groups; DATA is the last of its group."""
    dialogue = _greeted(pipelining=True)
    dialogue.sent(MAIL)
    assert dialogue.may_send()
    dialogue.sent(RCPT)
    dialogue.sent(DATA)

    assert dialogue.newest == DATA
    assert not dialogue.may_send()
    assert [dialogue.answered(c) for c in (250, 250, 354)] == [MAIL, RCPT, DATA]
    assert dialogue.may_send()
    assert dialogue.phase == BODY


def test_a_group_is_bounded() -> None:
    """A client cannot queue commands without end."""
    dialogue = _greeted(pipelining=True)
    for _ in range(MOST_AWAITED):
        assert dialogue.may_send()
        dialogue.sent(NOOP)

    assert not dialogue.may_send()
    dialogue.answered(250)
    assert dialogue.may_send()


def test_turns() -> None:
    """Each row turns the phase, and only there its code is lawful."""
    for verb, code, phase, note in ROWS:
        dialogue = _greeted()
        if verb == GREETING:
            dialogue = Dialogue()
        else:
            dialogue.sent(verb)

        assert dialogue.lawful(code), note
        dialogue.answered(code)
        assert PHASE_NAMES[dialogue.phase] == PHASE_NAMES[phase]
    for code in (220, 334, 354):
        assert not _greeted().lawful(code)
        asked = _greeted()
        asked.sent(NOOP)
        assert not asked.lawful(code)


def test_refusals_turn_nothing() -> None:
    """A refused DATA, AUTH or STARTTLS leaves commands commands."""
    for verb in (DATA, AUTH, STARTTLS):
        dialogue = _greeted()
        dialogue.sent(verb)
        dialogue.answered(503)

        assert dialogue.phase == COMMANDS


def test_auth_exchange() -> None:
    """Challenges go on until another code ends them."""
    dialogue = _greeted(pipelining=True)
    dialogue.sent(AUTH)
    dialogue.answered(334)
    assert dialogue.phase == EXCHANGE
    dialogue.phase = COMMANDS
    dialogue.sent(SECRET)
    assert not dialogue.may_send()
    assert dialogue.answered(235) == SECRET
    assert dialogue.phase == COMMANDS


def test_an_exchange_given_up_by_the_server() -> None:
    """A reply nobody asked for ends it: the next line is a command again."""
    dialogue = _greeted()
    dialogue.sent(AUTH)
    dialogue.answered(334)

    assert dialogue.answered(500) == NOBODY
    assert dialogue.phase == COMMANDS


def test_tls() -> None:
    """220 to STARTTLS makes everything opaque."""
    dialogue = _greeted()
    dialogue.sent(STARTTLS)
    dialogue.answered(220)

    assert dialogue.phase == OPAQUE


def test_recipients_count_until_the_transaction_has_ended() -> None:
    """A refused MAIL or RSET forgets no recipient; an accepted one does."""
    dialogue = _greeted(pipelining=True)
    dialogue.sent(MAIL)
    dialogue.sent(RCPT)
    for code in (250, 250):
        dialogue.answered(code)
    dialogue.sent(MAIL)
    assert not dialogue.may_send()
    dialogue.answered(503)
    assert dialogue.recipients == 1
    dialogue.sent(RSET)
    dialogue.answered(250)
    assert dialogue.recipients == 0


def test_the_reply_to_mail_forgets_no_recipient_of_its_own_group() -> None:
    """MAIL and RCPT in one group: the 250 to MAIL comes after RCPT was counted."""
    dialogue = _greeted(pipelining=True)
    dialogue.sent(MAIL)
    dialogue.sent(RCPT)
    dialogue.answered(250)
    dialogue.answered(250)

    assert dialogue.recipients == 1


def test_end_of_data_ends_the_transaction() -> None:
    """Whatever the server says to a message, its recipients are done with."""
    dialogue = _greeted()
    dialogue.sent(RCPT)
    dialogue.answered(250)
    dialogue.sent(DATA)
    dialogue.answered(354)
    dialogue.ended()

    assert dialogue.phase == COMMANDS
    assert dialogue.awaited == MESSAGE
    assert dialogue.answered(554) == MESSAGE
    assert dialogue.recipients == 0


def test_a_new_greeting_takes_pipelining_back() -> None:
    """EHLO announces anew; until its list is read there is no pipelining."""
    dialogue = _greeted(pipelining=True)
    dialogue.sent(EHLO)
    dialogue.answered(250)

    assert not dialogue.pipelining


def test_a_reply_nobody_asked_for() -> None:
    """It answers nobody and moves nothing."""
    dialogue = _greeted()

    assert dialogue.answered(250) == NOBODY
    assert dialogue.phase == COMMANDS


def test_in_doubt_nothing_is_held_and_all_is_lawful() -> None:
    """Where octets are missing, what is awaited may be wrong."""
    dialogue = _greeted()
    dialogue.sent(MAIL)
    assert not dialogue.may_send()
    dialogue.lost(greeting=False)

    assert dialogue.doubt
    assert dialogue.may_send()
    assert dialogue.lawful(354)
    assert dialogue.lawful(220)
    assert dialogue.awaited == MAIL


def test_the_greeting_may_be_missing() -> None:
    """A hole in replies may have swallowed it; one in commands has not."""
    dialogue = Dialogue()
    dialogue.lost(greeting=False)
    assert dialogue.awaited == GREETING
    dialogue.lost(greeting=True)
    assert dialogue.awaited == NOBODY


def test_a_turn_ends_doubt() -> None:
    """354 and 334 answer one thing only, whatever was awaited before it."""
    for code, verb, phase in ((354, DATA, BODY), (334, AUTH, EXCHANGE)):
        for sent in ((MAIL, verb), (MAIL,), ()):
            dialogue = _greeted()
            dialogue.lost(greeting=True)
            for one in sent:
                dialogue.sent(one)
            assert dialogue.answered(code) == verb
            assert (dialogue.phase, dialogue.doubt) == (phase, False)


def test_220_answers_two_things() -> None:
    """Where neither is awaited doubt goes on."""
    dialogue = _greeted()
    dialogue.lost(greeting=True)
    dialogue.sent(MAIL)
    assert dialogue.answered(220) == NOBODY
    assert dialogue.doubt
    dialogue.sent(MAIL)
    dialogue.sent(STARTTLS)
    assert dialogue.answered(220) == STARTTLS
    assert (dialogue.phase, dialogue.doubt) == (OPAQUE, False)


def test_the_end_may_be_missing() -> None:
    """An answer to a message with a hole means that its end was in it."""
    dialogue = _greeted()
    dialogue.sent(DATA)
    dialogue.answered(354)
    assert not dialogue.caught_up()
    dialogue.lost(greeting=False)
    assert dialogue.caught_up()
    assert (dialogue.phase, dialogue.awaited) == (COMMANDS, MESSAGE)
    assert not dialogue.doubt


def test_a_server_that_is_never_heard() -> None:
    """DATA is believed, its end too, and doubt stays."""
    dialogue = Dialogue()
    dialogue.lost(greeting=True)
    dialogue.sent(MAIL)
    dialogue.sent(DATA)
    dialogue.believe()
    assert (dialogue.phase, dialogue.awaited) == (BODY, NOBODY)
    dialogue.ended()
    assert dialogue.doubt
    assert dialogue.may_send()
