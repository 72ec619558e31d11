"""What a configuration means, in plain words and as JSON."""

import json

from mailward.cli.report import document, sentences
from mailward.config.load import load
from tests.unit.config.kit import EMAIL


def test_sentences() -> None:
    """Which connections, what is done, and what the configuration does not get."""
    text = f"{EMAIL}crypto a\nno crypto b\nwrite memory\n"

    assert sentences("x", load(text)) == [
        "x: 15 lines active, 2 kept, 1 ignored",
        "interface outside, class L3_email_class_map, map L7_EMAIL_MAP:",
        "  connections: TCP, any port, as far as access list email permits",
        "  - STARTTLS is hidden from clients",
        "  - body length gt 35000: the connection is closed and it is logged",
        "  - sender-address regex class BAD_SENDERS: the connection is closed",
        "kept without effect, or ignored:",
        "  crypto: lines 16, 17",
        "  write: line 18",
    ]


def test_connections() -> None:
    """The ports of a class in words."""
    for match, said in (
        ("match default-inspection-traffic", "TCP port 25"),
        ("match port tcp neq 25", "TCP port 0-24, 26-65535"),
        ("match port udp eq 25", "none"),
    ):
        text = f"class-map c\n{match}\npolicy-map p\nclass c\ninspect esmtp\n"
        told = sentences("x", load(f"{text}service-policy p global\n"))
        assert told[2] == f"  connections: {said}"


def test_many_lines() -> None:
    """A flood of lines is told by its first numbers."""
    told = sentences("x", load("crypto x\n" * 10))

    assert told[-1] == "  crypto: lines 1, 2, 3, 4, 5, 6, 7, 8 and 2 more"


def test_document() -> None:
    """Every line that is not honoured, with its reason."""
    made = json.loads(document((), load("regex a b\nwrite memory\n")))

    assert made["not_honoured"] == [
        {
            "line": 2,
            "text": "write memory",
            "status": "ignored",
            "reason": "A command of a session, no configuration.",
        }
    ]


def test_monitor_mode() -> None:
    """It is said before anything else of the map."""
    told = sentences("x", load(f"{EMAIL}mailward monitor L7_EMAIL_MAP\n"))

    assert told[3] == (
        "  - monitor mode: nothing of this is done, it is counted and logged"
    )
