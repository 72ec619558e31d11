"""Stages: the moments at which a criterion can be answered.

Knows: their order, which is the order of judgement between kinds of match
(the appliance's parse order; reference section 3.2).
Does not know: the criteria that live there.
Called by: criteria (each names its stage), policy (sorts rules into them).

Two sorts of stage.  At a *question* stage the engine fills the facts and asks
each rule `holds`.  At a *growing* stage a quantity (a length) only grows while
octets arrive, so a rule is a step that the quantity crosses, and the engine
looks for the crossing in bulk.
"""

from typing import Final

COMMAND_LINE: Final = 0  # growing: octets of a command line, CRLF included
SENDER: Final = 1  # question: a MAIL command was read
RECIPIENT: Final = 2  # question: a RCPT command was read
KEYWORD: Final = 3  # question: one line of the reply to EHLO
HEADER_LINE: Final = 4  # growing: octets of one header line, CRLF not counted
BODY_LINE: Final = 5  # growing: octets of one body line, CRLF not counted
BODY: Final = 6  # growing: octets of the body after dot-unstuffing

STAGE_NAMES: Final = (
    "command-line",
    "sender",
    "recipient",
    "keyword",
    "header-line",
    "body-line",
    "body",
)
GROWING: Final = frozenset((COMMAND_LINE, HEADER_LINE, BODY_LINE, BODY))
