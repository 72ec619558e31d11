"""What the tests of the audit share: a connection, rules, a sink that keeps."""

from mailward.audit.records import Record
from mailward.criteria.base import Criterion
from mailward.policy.endpoints import Endpoints
from mailward.policy.gate import Attachment, Traffic
from mailward.policy.inspection import build
from mailward.policy.rule import Rule
from mailward.stages import KEYWORD, SENDER

IN = Endpoints("outside", "75.75.75.75", 35314, "DMZ", "10.0.25.101", 25)
OUT = Endpoints("inside", "10.1.1.5", 49536, "outside", "217.76.146.62", 25, False)
SIX = Endpoints("outside", "2001:db8::9", 51111, "inside", "2001:db8:1::5", 25)


class OfSender(Criterion):
    """Stands for any criterion on the sender."""

    stage = SENDER


class OfKeyword(Criterion):
    """Stands for any criterion that is not on the sender."""

    stage = KEYWORD


def rule(
    action: int,
    place: int = 4,
    label: str = "header line length gt 998",
    criterion: Criterion | None = None,
) -> Rule:
    """A rule with these action bits."""
    return Rule(criterion or OfKeyword(), action, place, label, "")


ATTACHED = Attachment(
    "outside", "L3_outside_policy", "L3_email", Traffic(((25, 25),)), build("L7_MAP")
)


class Kept:
    """A sink that keeps what it is given."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def write(self, record: Record) -> None:
        """Keep it."""
        self.records.append(record)

    def lines(self) -> list[str]:
        """All lines so far; forgets them."""
        lines = [record.line() for record in self.records]
        self.records.clear()
        return lines
