"""Facts: what is known about the connection when a question is asked.

Knows: a few slots.  Does not know: how they are filled, who reads them.
Called by: engine (writes), criteria (read).
"""

from typing import final


@final
class Facts:
    """The slots that criteria of question stages read.

    `verb` is the code of the command (`smtp.verbs`), `text` one reading of what
    the stage is about (a sender's mailbox, a file name, a media type; where
    servers read it differently each reading is asked in turn), `recipients`
    counts RCPT commands of the transaction, `refused` those the server refused
    in this connection, `keyword` is the code of the EHLO keyword
    (`smtp.ehlo`), `addresses` counts those of all To fields, `encoding` is the
    code of a Content-Transfer-Encoding (`smtp.mime`).
    """

    __slots__ = (
        "addresses",
        "encoding",
        "keyword",
        "recipients",
        "refused",
        "text",
        "verb",
    )

    def __init__(self) -> None:
        self.verb = 0
        self.text = b""
        self.recipients = 0
        self.refused = 0
        self.keyword = 0
        self.addresses = 0
        self.encoding = 0
