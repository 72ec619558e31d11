"""Records: the catalogue of everything the audit trail can say.

Knows: number, severity, sentence, explanation and advice of each record, and
which kinds of finding lead to it.
Does not know: connections, sinks, when a record is due.
Called by: `audit.auditor`, `audit.manual`, drivers (the numbers of trouble).

Formats of the appliance's records: `reference section 6.2 and 6.3`; where real
lines and the guide differ, the real lines stand.  Records of mailward's own
have numbers above OWN and the tag `%MAILWARD-`, so that no parser takes them
for the appliance's.
"""

from collections.abc import Mapping
from typing import Final, final

from mailward.audit.rows import (
    CRITICAL,
    DEBUGGING,
    ERRORS,
    INFORMATIONAL,
    NOTIFICATIONS,
    WARNINGS,
    Field,
    RecordRow,
)
from mailward.policy import findings
from mailward.policy.endpoints import Endpoints

# --- the appliance's numbers ---------------------------------------------------
REPLACED: Final = 108002
MALICIOUS: Final = 108003
ACTED: Final = 108004
NOTED: Final = 108005
SIZE_EXCEEDED: Final = 108006
TLS_STARTED: Final = 108007
BUILT: Final = 302013
TEARDOWN: Final = 302014
TERMINATED: Final = 507003
COMMANDED: Final = 111008
CONFIGURED: Final = 111010
LOGIN_DENIED: Final = 605004
LOGIN_PERMITTED: Final = 605005
# --- mailward's own ------------------------------------------------------------
OWN: Final = 900000
UNKNOWN_COMMAND: Final = 900001
BARE_IN_COMMAND: Final = 900002
BARE_IN_REPLY: Final = 900003
BARE_IN_MESSAGE: Final = 900004
LOOKALIKE: Final = 900005
EARLY_DATA: Final = 900006
EARLY_TLS: Final = 900007
PAYLOAD_COMMAND: Final = 900008
OVERLONG: Final = 900009
STRAY_REPLY: Final = 900010
UPSTREAM_UNREACHABLE: Final = 900011
INTERNAL_ERROR: Final = 900012
SUPPRESSED: Final = 900013
UNREADABLE: Final = 900014


@final
class Record:
    """One line of the audit trail, whole, before any sink has dressed it.

    `text` is the sentence without its header, `time` seconds since the epoch,
    `fields` what JSON adds to the sentence, `ends` the connection if any.
    """

    __slots__ = ("ends", "fields", "number", "severity", "text", "time")

    def __init__(
        self,
        row: RecordRow,
        text: str,
        time: float,
        fields: Mapping[str, Field],
        ends: Endpoints | None = None,
    ) -> None:
        self.number = row.number
        self.severity = row.severity
        self.text = text
        self.time = time
        self.fields = fields
        self.ends = ends

    def line(self) -> str:
        """`%ASA-6-302013: Built …`, without a line end."""
        return f"%{tag(self.number)}-{self.severity}-{self.number}: {self.text}"


def tag(number: int) -> str:
    """Whose record it is: ASA, or MAILWARD for numbers above OWN."""
    return "MAILWARD" if number > OWN else "ASA"


RECORDS: Final = (
    RecordRow(
        REPLACED,
        CRITICAL,
        "character-replaced",
        "SMTP replaced {detail}: out {out} in {inside} data: {evidence}",
        "A character that has no place in a mail address was found in a MAIL or "
        "RCPT command and became a blank. The command went on with its length "
        "unchanged. `out` is the less trusted host, `in` the other.",
        "None if it is rare. Often from one host: somebody tries addresses that "
        "are programs (`|command`).",
        (findings.REPLACED,),
    ),
    RecordRow(
        MALICIOUS,
        CRITICAL,
        "malicious-address",
        "Terminating ESMTP connection; malicious pattern detected in the mail "
        "address from {source} to {destination}. Mail Address:{evidence}",
        "A mail address held a special character while `special-character "
        "action drop-connection` was in force; the connection was closed. Older "
        "releases end it `… from … to … . Data:` and the address.",
        "Look at the address. An honest sender with such an address needs a "
        "milder action.",
        (findings.MALICIOUS,),
    ),
    RecordRow(
        ACTED,
        WARNINGS,
        "policy-action",
        "{origin}: {act} ESMTP {speech} from {source} to {destination}; {further}",
        "A match line (`ESMTP Classification`, `Class N` is its place in the "
        "map) or a parameter (`ESMTP Parameter`) with `log` acted on the "
        "connection, or the server moved out of turn. `Dropped` alone stands for a "
        "command beyond the rate of `rate-limit`, which waits. The guide's example "
        "has `match` before the match line, as appliances have not.",
        "None if the policy means it. Otherwise raise the limit of that line.",
        (findings.MATCHED, findings.PARAMETER, findings.UNEXPECTED, findings.DELAYED),
    ),
    RecordRow(
        NOTED,
        INFORMATIONAL,
        "policy-log",
        "{origin}: Received ESMTP {speech} from {source} to {destination}; {further}",
        "A match line or a parameter whose only action is `log` held. Nothing "
        "was changed. Stands for 108004 where nothing was done.",
        "None.",
    ),
    RecordRow(
        SIZE_EXCEEDED,
        DEBUGGING,
        "size-violation",
        "Detected ESMTP size violation from {source} to {destination}; declared "
        "size is: {detail}, actual size is {count}",
        "A message had more octets than its MAIL command declared (`SIZE=`, RFC "
        "1870). It passed: only the server can refuse it.",
        "None. The sender's program counts wrongly, or means to pass a limit.",
        (findings.SIZE_EXCEEDED,),
    ),
    RecordRow(
        TLS_STARTED,
        INFORMATIONAL,
        "tls-started",
        "TLS started on ESMTP session between client {client} and server {server}",
        "The server agreed to STARTTLS under `allow-tls action log`. From here "
        "on the session is ciphered and is not inspected.",
        "None.",
        (findings.TLS_STARTED,),
    ),
    RecordRow(
        BUILT,
        INFORMATIONAL,
        "connection-built",
        "Built {direction} TCP connection {number} for {outer} ({outer_mapped}) "
        "to {inner} ({inner_mapped})",
        "A connection stands on both sides. The less trusted side is printed "
        "first; the mapped address is the real one.",
        "None.",
    ),
    RecordRow(
        TEARDOWN,
        INFORMATIONAL,
        "connection-ended",
        "Teardown TCP connection {number} for {outer} to {inner} "
        "duration {duration} bytes {octets} {reason}",
        "A connection is over. `bytes` counts both directions. Reset-O came "
        "from the less trusted side, Reset-I from the other.",
        "None.",
    ),
    RecordRow(
        TERMINATED,
        WARNINGS,
        "inspection-ended",
        "tcp flow from {client} to {server} terminated by inspection engine, "
        "reason - {reason}.",
        "The inspection ended the connection: `disconnected, dropped packet` "
        "closed both sides quietly, `drop reset` reset them. Written whether "
        "or not the line that did it has `log`. The guide lists it as an error; "
        "`mailward compat severity-507003 3` makes it one.",
        "Find the cause in the records before it, or in `show service-policy "
        "inspect esmtp` where the line has no `log`.",
    ),
    RecordRow(
        COMMANDED,
        NOTIFICATIONS,
        "command-executed",
        "User '{user}' executed the '{command}' command.",
        "An administrator gave a command at the console that is no show. Secrets "
        "in it are covered.",
        "None if you know why.",
    ),
    RecordRow(
        CONFIGURED,
        NOTIFICATIONS,
        "configuration-changed",
        "User '{user}', running 'CLI' from IP {address}, executed '{command}'",
        "An administrator changed the configuration; the line is in force for new "
        "connections. Secrets in it are covered.",
        "None if you know why.",
    ),
    RecordRow(
        LOGIN_DENIED,
        INFORMATIONAL,
        "login-denied",
        'Login denied from {address}/{port} to {place}:{service} for user "{user}"',
        "Somebody gave a wrong name or password.",
        "Often from one host: somebody guesses. Close the port to that host.",
    ),
    RecordRow(
        LOGIN_PERMITTED,
        INFORMATIONAL,
        "login-permitted",
        'Login permitted from {address}/{port} to {place}:{service} for user "{user}"',
        "An administrator came in.",
        "None if you know why.",
    ),
    RecordRow(
        UNKNOWN_COMMAND,
        DEBUGGING,
        "command-masked",
        "Masked unknown command from {source} to {destination}; first word: {evidence}",
        "A command that is not lawful here went to the server as Xs of the same "
        "length, and the server refuses it.",
        "None. Scanners cause it, and clients that try an extension unasked.",
        (findings.UNKNOWN_COMMAND,),
    ),
    RecordRow(
        BARE_IN_COMMAND,
        DEBUGGING,
        "bare-octet-in-command",
        "Masked command line with a bare CR or LF from {source} to {destination}; "
        "first word: {evidence}",
        "A command line held CR or LF alone. Only CR LF ends a line, so the "
        "whole line went on as Xs.",
        "None. A client that always does this never speaks SMTP.",
        (findings.BARE_IN_COMMAND,),
    ),
    RecordRow(
        BARE_IN_REPLY,
        DEBUGGING,
        "bare-octet-in-reply",
        "Blanked a bare CR or LF in a reply from {source} to {destination}; "
        "line: {evidence}",
        "The server's reply held CR or LF alone; the octet became a blank, so "
        "that nobody can read two lines into one.",
        "None. The server or an application on it should be mended.",
        (findings.BARE_IN_REPLY,),
    ),
    RecordRow(
        BARE_IN_MESSAGE,
        DEBUGGING,
        "bare-octet-in-message",
        "Passed a message with {count} bare CR or LF from {source} to {destination}",
        "A message held CR or LF alone. It passed unaltered.",
        "None.",
        (findings.BARE_IN_MESSAGE,),
    ),
    RecordRow(
        LOOKALIKE,
        WARNINGS,
        "look-alike-disarmed",
        "Replaced a false end of data in a message from {source} to "
        "{destination}; octets: {evidence}",
        "A dot alone on what some servers take for a line (bare CR or LF around "
        "it) could have ended the message early for the server and smuggled a "
        "second mail in. The dot became a blank.",
        "Treat the sender as hostile unless it is a program known to be broken.",
        (findings.LOOKALIKE,),
    ),
    RecordRow(
        EARLY_DATA,
        WARNINGS,
        "early-data",
        "Octets sent behind DATA before its answer from {source} to {destination}, "
        "and the server refused DATA",
        "A client sent its message without waiting for 354 and the server said "
        "no; the message would have been read as commands.",
        "None if it is rare: an impatient bulk sender.",
        (findings.EARLY_DATA,),
    ),
    RecordRow(
        EARLY_TLS,
        WARNINGS,
        "early-tls",
        "Clear text sent behind STARTTLS before its answer from {source} to "
        "{destination}",
        "Octets followed STARTTLS in the clear. A server that keeps them would "
        "take them for part of the ciphered session (command injection).",
        "Treat the sender as hostile.",
        (findings.EARLY_TLS,),
    ),
    RecordRow(
        PAYLOAD_COMMAND,
        WARNINGS,
        "payload-command",
        "Refused a command that carries octets from {source} to {destination}; "
        "command: {evidence}",
        "BDAT or its like came although its keyword is never shown. Its octets "
        "cannot be told from commands by a server that refuses it.",
        "A client that does this ignores EHLO: treat it as hostile.",
        (findings.PAYLOAD_COMMAND,),
    ),
    RecordRow(
        OVERLONG,
        WARNINGS,
        "overlong",
        "Absolute length of {detail} exceeded from {source} to {destination}",
        "A line, or the octets that wait for an answer, passed the absolute "
        "limit that bounds the memory of one session.",
        "Treat the speaker as hostile or broken.",
        (findings.OVERLONG,),
    ),
    RecordRow(
        STRAY_REPLY,
        INFORMATIONAL,
        "stray-reply",
        "Unasked or malformed reply from {source} to {destination}; "
        "{detail}: {evidence}",
        "The server said something that answers no command, or that is not a "
        "reply at all.",
        "Often a server that says good-bye when it is tired of waiting. "
        "Otherwise look at the server.",
        (findings.STRAY_REPLY,),
    ),
    RecordRow(
        UPSTREAM_UNREACHABLE,
        ERRORS,
        "upstream-unreachable",
        "Upstream unreachable: {text}",
        "The mail server behind mailward refused a connection or did not answer "
        "in time; the client's connection was closed.",
        "Is the server up, does it listen there, does a filter stand between?",
    ),
    RecordRow(
        INTERNAL_ERROR,
        CRITICAL,
        "internal-error",
        "Internal error: {text}",
        "A fault in mailward. The connection it happened on was reset; nothing "
        "else was disturbed.",
        "Report the text, which holds the traceback, to the project.",
    ),
    RecordRow(
        SUPPRESSED,
        WARNINGS,
        "records-suppressed",
        "Suppressed {count} records {suppressed} of TCP connection {number} "
        "from {client} to {server}",
        "One connection gave rise to more than 200 equal records of mailward's "
        "own, or 1000 of the appliance's; the rest were counted, not written.",
        "Look at the records before it; the client is hostile or broken.",
    ),
    RecordRow(
        UNREADABLE,
        WARNINGS,
        "message-unreadable",
        "Cannot read a message to its end from {source} to {destination}; {detail}",
        "A field of the message holds more than is read of one, or its parts lie in "
        "each other more deeply than is followed. Where a match on the content may "
        "end connections the message has not passed; elsewhere it went on, and the "
        "matches on its content saw what could be read.",
        "Treat the sender as hostile: no honest program writes such mail.",
        (findings.UNREADABLE,),
    ),
)

BY_NUMBER: Final = {row.number: row for row in RECORDS}
BY_KIND: Final = {kind: row for row in RECORDS for kind in row.kinds}
