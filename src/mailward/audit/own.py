"""Records of mailward's own: what an ASA has no number for.

Knows: number, severity, sentence, explanation and advice of each, and which kinds
of finding lead to it.
Does not know: connections, sinks, when a record is due.
Called by: `audit.records`.
"""

from typing import Final

from mailward.audit.numbers import (
    BARE_IN_COMMAND,
    BARE_IN_MESSAGE,
    BARE_IN_REPLY,
    CHECKED,
    DIVERGED,
    EARLY_DATA,
    EARLY_TLS,
    HELD_BACK,
    HOLE,
    INTERNAL_ERROR,
    LOG_TROUBLE,
    LOOKALIKE,
    MONITORED,
    OVERLONG,
    PAYLOAD_COMMAND,
    RECORDS_LOST,
    REFUSED,
    STRAY_REPLY,
    SUPPRESSED,
    UNANNOUNCED,
    UNFINISHED,
    UNKNOWN_COMMAND,
    UNREADABLE,
    UPSTREAM_UNREACHABLE,
    WORKER_BACK,
    WORKER_LOST,
    WOULD_END,
)
from mailward.audit.rows import (
    CRITICAL,
    DEBUGGING,
    ERRORS,
    INFORMATIONAL,
    NOTIFICATIONS,
    WARNINGS,
    RecordRow,
)
from mailward.policy import findings

OWN_RECORDS: Final = (
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
    RecordRow(
        RECORDS_LOST,
        WARNINGS,
        "records-lost",
        "Lost {count} records for {place}: {reason}",
        "A log file, a pipe or a log server did not take so many records, and no more "
        "could be kept for it. Mail went on. This is told once records are taken "
        "again, so it stands where the lost ones would stand.",
        "A full disk, a reader that is too slow, a server that was down: see the "
        "reason.",
    ),
    RecordRow(
        HELD_BACK,
        WARNINGS,
        "records-held-back",
        "Held back {count} records {held} under logging rate-limit {limit}",
        "`logging rate-limit` (records, seconds) let so many records of a number go "
        "unwritten in one interval. They are counted in `show mailward records` all "
        "the same. Told with the first record after the interval.",
        "None if the limit is meant; else raise it.",
    ),
    RecordRow(
        LOG_TROUBLE,
        ERRORS,
        "log-trouble",
        "Log {place}: {text}",
        "A log file could not be opened again or put aside, or a log server could not "
        "be spoken to as the configuration asks. What was in use stays in use.",
        "See the text: most often a folder that may not be written, or a certificate "
        "that is not trusted.",
    ),
    RecordRow(
        REFUSED,
        WARNINGS,
        "connection-refused",
        "Connection refused: {text}",
        "A client did not begin as its listener demands (PROXY protocol), or not "
        "in time; it was reset before the mail server heard of it.",
        "Let only the load balancer reach that listener.",
    ),
    RecordRow(
        CHECKED,
        DEBUGGING,
        "health-check",
        "Health check: {text}",
        "A balancer in front of mailward looked whether it is there: a PROXY header "
        "that names nobody, or a connection that was closed without a word.",
        "None.",
    ),
    RecordRow(
        UNANNOUNCED,
        WARNINGS,
        "client-not-announced",
        "Client not announced: {text}",
        "`--xclient` was asked for, and the mail server does not offer XCLIENT to "
        "mailward's address, or refused it. The connection went on without: the "
        "server sees mailward's address instead of the client's.",
        "Name mailward's address where the server allows XCLIENT (Postfix: "
        "`smtpd_authorized_xclient_hosts`).",
    ),
    RecordRow(
        UNFINISHED,
        WARNINGS,
        "line-unfinished",
        "Waited too long for the end of a line: {text}",
        "A line was begun and its end did not come within `mailward limit line`, "
        "and nothing else passed; the connection was closed.",
        "None if it is rare. From many hosts at once: somebody holds connections "
        "open with as few octets as possible.",
    ),
    RecordRow(
        HOLE,
        INFORMATIONAL,
        "octets-missing",
        "Missed {count} octets from {source} to {destination}, {detail}",
        "Of a capture only: octets of the speaker are not in it (nought: nobody knows "
        "how many). What is left was inspected as far as it could be.",
        "Capture with a larger snap length, or where packets are not lost.",
        (findings.HOLE,),
    ),
    RecordRow(
        WORKER_LOST,
        ERRORS,
        "worker-lost",
        "Worker lost: {text}",
        "A worker process died, or did not answer and was killed. Its connections "
        "are gone, those of other workers are not; its listening socket stays open, "
        "and clients wait there for the next worker.",
        "If nobody killed it, report what the log says around it.",
    ),
    RecordRow(
        WORKER_BACK,
        NOTIFICATIONS,
        "worker-replaced",
        "Worker replaced: {text}",
        "Another worker has taken the place of one that died, and accepts "
        "connections under the policy in force.",
        "None.",
    ),
    RecordRow(
        MONITORED,
        WARNINGS,
        "monitored",
        "Monitor of {map}, nothing was done: {record}: {said}",
        "What another record would have said if the map were not in monitor mode "
        "(`mailward monitor`). It has the severity of that record.",
        "See the record whose number stands in it.",
    ),
    RecordRow(
        WOULD_END,
        WARNINGS,
        "monitored-end",
        "Monitor of {map}, nothing was done: the connection from {client} to {server} "
        "would have been {fate}; {further}",
        "The verdict of a map in monitor mode, whether or not the line behind it has "
        "`log`. The connection went on, and the rest of it was not looked at.",
        "Is it what the policy means? Then take `mailward monitor` away.",
        (findings.WOULD_END,),
    ),
    RecordRow(
        DIVERGED,
        INFORMATIONAL,
        "monitor-diverged",
        "Monitor of {map}: the rest of the connection from {client} to {server} cannot "
        "be judged; {detail}",
        "Client or server acted on something that the map would have hidden (STARTTLS, "
        "CHUNKING) or covered. With the map in force what follows would not have been "
        "said.",
        "None.",
        (findings.DIVERGED,),
    ),
)
