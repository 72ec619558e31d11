"""Stages: the moments at which a criterion can be answered.

Knows: their order, which is the order of judgement between kinds of match
(the appliance's parse order; reference section 3.2).
Does not know: the criteria that live there.
Called by: criteria (each names its stage), policy (sorts rules into them).

Two sorts of stage.  At a *question* stage the engine fills the facts and asks
each rule `holds`.  At a *growing* stage a quantity (a length) only grows while
octets arrive, so a rule is a step that the quantity crosses, and the engine
looks for the crossing in bulk; negated, it is answered where the unit ends.
"""

from typing import Final

COMMAND_LINE: Final = 0  # growing: octets of a command line, CRLF included
VERB: Final = 1  # question: the verb of a command, UNKNOWN among them
SENDER: Final = 2  # question: a reading of the sender of MAIL
RECIPIENT: Final = 3  # question: a RCPT command was read
KEYWORD: Final = 4  # question: one line of the reply to EHLO
REFUSED: Final = 5  # question: the server has refused a recipient
HEADER_LINE: Final = 6  # growing: octets of one header line, CRLF not counted
HEADER: Final = 7  # growing: octets of the header, CRLFs included
ADDRESSES: Final = 8  # question: a To field of the header was read
ENCODING: Final = 9  # question: a Content-Transfer-Encoding, given or implied
FILE_NAME: Final = 10  # question: a reading of the name of a part
FILE_TYPE: Final = 11  # question: a reading of the type or name of a part
BODY_LINE: Final = 12  # growing: octets of one body line, CRLF not counted
BODY: Final = 13  # growing: octets of the body after dot-unstuffing

STAGE_NAMES: Final = (
    "command-line",
    "verb",
    "sender",
    "recipient",
    "keyword",
    "refused",
    "header-line",
    "header",
    "addresses",
    "encoding",
    "file-name",
    "file-type",
    "body-line",
    "body",
)
GROWING: Final = frozenset((COMMAND_LINE, HEADER_LINE, HEADER, BODY_LINE, BODY))
