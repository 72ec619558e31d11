"""Claims about `mailward.audit.sinks`: text, JSON, and streams that fail."""

from io import StringIO

import pytest

from mailward.audit.auditor import Auditor
from mailward.audit.dress import LEGACY, headed
from mailward.audit.records import UPSTREAM_UNREACHABLE
from mailward.audit.sinks import JsonSink, TextSink
from tests.unit.audit.cases import IN

AT = 1_700_000_000.25


class Full(StringIO):
    """A stream on a full disk, then a closed one."""

    def __init__(self, *failures: Exception) -> None:
        super().__init__()
        self.failures = list(failures)

    def write(self, text: str) -> int:
        """Fail once for each error, then work."""
        if self.failures:
            raise self.failures.pop(0)
        return super().write(text)


def test_text_is_the_line_and_a_line_end() -> None:
    """One record, one line of the appliance."""
    stream = StringIO()
    Auditor([TextSink(stream)]).built(1, IN, AT)
    assert stream.getvalue() == (
        "%ASA-6-302013: Built inbound TCP connection 1 for "
        "outside:75.75.75.75/35314 (75.75.75.75/35314) to "
        "DMZ:10.0.25.101/25 (10.0.25.101/25)\n"
    )


@pytest.mark.parametrize("make", [TextSink, JsonSink])
def test_a_failing_stream_stops_nothing(make: type[TextSink] | type[JsonSink]) -> None:
    """A full disk and a closed stream cost records, counted, and nothing else."""
    stream = Full(OSError(28, "No space left on device"), ValueError("closed"))
    sink = make(stream)
    auditor = Auditor([sink])
    for number in range(3):
        auditor.built(number, IN, AT)
    assert sink.lost == 2
    assert stream.getvalue().count("\n") == 1


def test_a_dress_can_be_changed() -> None:
    """Another configuration, another header, the same stream."""
    stream = StringIO()
    sink = TextSink(stream)
    sink.dress = headed(LEGACY, "")
    Auditor([sink]).trouble(UPSTREAM_UNREACHABLE, "refused", 0.0)
    assert stream.getvalue() == (
        "Jan 01 1970 00:00:00: %MAILWARD-3-900011: Upstream unreachable: refused\n"
    )
