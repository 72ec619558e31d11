"""Facts: what is known about the connection when a question is asked.

Knows: a few slots.  Does not know: how they are filled, who reads them.
Called by: engine (writes), criteria (read).
"""

from typing import final


@final
class Facts:
    """The slots that criteria of question stages read.

    `sender` is the mailbox of the last MAIL command between its brackets,
    `senders` every mailbox that some server would read there (`sender` first),
    `recipients` counts RCPT commands of the current transaction, `keyword` is
    the code of the EHLO keyword under judgement (`smtp.ehlo`).
    """

    __slots__ = ("keyword", "recipients", "sender", "senders")

    def __init__(self) -> None:
        self.sender = b""
        self.senders: tuple[bytes, ...] = ()
        self.recipients = 0
        self.keyword = 0
