"""Claims about `mailward.audit.travel`: a record after its journey is the same."""

import json

from mailward.audit.auditor import FINS, Auditor
from mailward.audit.ecs import Ecs
from mailward.audit.records import BY_NUMBER, UPSTREAM_UNREACHABLE, Record
from mailward.audit.travel import MOST, Travellers, packed, unpacked
from mailward.policy.logs import Logging
from mailward.verdicts import PASS
from tests.unit.audit.cases import ATTACHED, IN, Kept

AT = 1_700_000_000.25


def made() -> list[Record]:
    """Some records: of a connection, of none, of another severity."""
    kept = Kept()
    auditor = Auditor((kept,))
    auditor.ended(7, IN, ATTACHED, PASS, FINS, 9, AT, AT + 1)
    auditor.trouble(UPSTREAM_UNREACHABLE, "refused", AT)
    auditor.configure(Logging(changed={302013: 3}))
    auditor.built(8, IN, AT)
    return kept.records


def test_whole_records_come_back_whole() -> None:
    """Down to the last field of JSON."""
    for record in made():
        back = unpacked(json.loads(json.dumps(packed(record, whole=True))))
        assert Ecs().line(back) == Ecs().line(record)
        assert back.row.head == record.row.head


def test_for_a_text_log_the_sentence_is_enough() -> None:
    """Number, severity, time and text."""
    for record in made():
        back = unpacked(json.loads(json.dumps(packed(record, whole=False))))
        assert (back.line(), back.time) == (record.line(), record.time)
        assert (back.fields, back.ends) == ({}, None)


def test_the_first_one_says_that_there_are_some() -> None:
    """And again once they were taken."""
    calls: list[int] = []
    travellers = Travellers(lambda: calls.append(1))
    for record in made():
        travellers.write(record)
    taken, lost = travellers.take()
    assert ([plain[0] for plain in taken], lost) == ([302014, 900011, 302013], 0)
    assert len(taken[0]) == 4
    travellers.whole = True
    travellers.write(made()[0])
    assert len(travellers.take()[0][0]) == 6
    assert calls == [1, 1]


def test_what_does_not_fit_is_lost_and_its_number_travels() -> None:
    """Nobody takes them: memory stays bounded."""
    travellers = Travellers(lambda: None)
    record = Record(BY_NUMBER[900012], "x" * 1024, AT, {})
    for _ in range(MOST // 1024 + 5):
        travellers.write(record)
    taken, lost = travellers.take()
    assert (len(taken), lost, travellers.lost) == (MOST // 1024, 5, 5)
    travellers.write(record)
    assert travellers.take() == ([packed(record, whole=False)], 0)
