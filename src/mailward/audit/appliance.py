"""The appliance's records: those that an ASA writes too.

Knows: number, severity, sentence, explanation and advice of each, and which kinds
of finding lead to it.
Does not know: connections, sinks, when a record is due.
Called by: `audit.records`.

Formats: `reference section 6.2 and 6.3`; where real lines and the guide differ, the
real lines stand.
"""

from typing import Final

from mailward.audit.numbers import (
    ACTED,
    ALLOWING,
    BUILT,
    CLIENT_LIMIT,
    COMMANDED,
    CONFIGURED,
    CONNECTION_LIMIT,
    DENIED,
    DENIED_BY_LEVEL,
    DISALLOWING,
    LISTED,
    LOG_SERVER_BACK,
    LOG_SERVER_DOWN,
    LOGIN_DENIED,
    LOGIN_PERMITTED,
    MALICIOUS,
    NOTED,
    REPLACED,
    SIZE_EXCEEDED,
    TEARDOWN,
    TERMINATED,
    TLS_STARTED,
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

APPLIANCE: Final = (
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
        CONNECTION_LIMIT,
        ERRORS,
        "connection-limit",
        "Connection limit exceeded {count}/{most} for input packet from {source} to "
        "{target} on interface {interface}",
        "As many connections stand as `mailward limit connections` allows; another "
        "was reset. Written once a second at most, counted in "
        "`show mailward records` each time.",
        "Is it a flood, or has the mail grown? See `show conn`.",
    ),
    RecordRow(
        CLIENT_LIMIT,
        ERRORS,
        "client-connection-limit",
        "Per-client connection limit exceeded {count}/{most} for input packet from "
        "{source} to {target} on interface {interface}",
        "One client has as many connections as `mailward limit connections` with "
        "`per-client` allows; another was reset. Written once a second at most, "
        "counted in `show mailward records` each time.",
        "None if the client is a flood. A large honest sender needs a higher limit.",
    ),
    RecordRow(
        DENIED_BY_LEVEL,
        CRITICAL,
        "connection-denied-by-level",
        "Inbound TCP connection denied from {source} to {destination} flags SYN  on "
        "interface {interface}",
        "A connection to a more trusted interface, or between two of one level, and "
        "no access group at its entrance says that it may pass. It was reset.",
        "If it should pass: an access list that permits it, with `access-group` at "
        "that interface (`same-security-traffic` for interfaces of one level).",
    ),
    RecordRow(
        DENIED,
        WARNINGS,
        "connection-denied",
        'Deny tcp src {source} dst {destination} by access-group "{list}" '
        "[{entry}, 0x0]",
        "An entry of the access list, or its end, denied a connection that some "
        "policy would inspect; it was reset. The first number tells the entry (0: "
        "the end of the list), as `show access-list` prints it.",
        "None if the list means it.",
    ),
    RecordRow(
        LISTED,
        INFORMATIONAL,
        "access-list-hit",
        "access-list {list} {judged} tcp {source} -> {destination} hit-cnt 1 first "
        "hit [{entry}, 0x0]",
        "An entry with `log` decided about a connection, at the severity that it "
        "asks for. Each connection is a hit of its own: one that is denied is reset, "
        "and does not come again.",
        "None if the list means it.",
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
        DISALLOWING,
        ERRORS,
        "disallowing-connections",
        "Disallowing new connections.",
        "Every TCP log server of the configuration is down, and `mailward logging "
        "stop-on-failure` asks that no mail passes unrecorded: new connections are "
        "refused. Connections that stand go on.",
        "Bring a log server back, or take the line away.",
    ),
    RecordRow(
        LOG_SERVER_DOWN,
        ERRORS,
        "log-server-down",
        "TCP Syslog Server {interface}:{address}/{port} not responding. New "
        "connections are {permitted} based on logging permit-hostdown policy.",
        "A log server was lost, or could not be reached; it is tried again, less and "
        "less often. Records for it wait, as many as `logging queue` says; the rest "
        "are counted as lost.",
        "Is the server up, does it listen there, does a filter stand between?",
    ),
    RecordRow(
        LOG_SERVER_BACK,
        INFORMATIONAL,
        "log-server-back",
        "TCP Syslog Server {interface}:{address}/{port} - Connection restored",
        "A log server that was down is there again, and gets what has waited for it.",
        "None.",
    ),
    RecordRow(
        ALLOWING,
        INFORMATIONAL,
        "allowing-connections",
        "TCP syslog server connection restored. New connections allowed.",
        "What 201008 told of is over.",
        "None.",
    ),
)
