"""Numbers: what each record of the catalogue is called.

Knows: the numbers.
Does not know: sentences, severities.
Called by: the rest of this house; others find them in `audit.records`.

Records of mailward's own have numbers above OWN and the tag `%MAILWARD-`, so that
no parser takes them for the appliance's.
"""

from typing import Final

# --- the appliance's numbers ---------------------------------------------------
REPLACED: Final = 108002
MALICIOUS: Final = 108003
ACTED: Final = 108004
NOTED: Final = 108005
SIZE_EXCEEDED: Final = 108006
TLS_STARTED: Final = 108007
CONNECTION_LIMIT: Final = 201011
CLIENT_LIMIT: Final = 201013
DENIED_BY_LEVEL: Final = 106001
DENIED: Final = 106023
LISTED: Final = 106100
BUILT: Final = 302013
TEARDOWN: Final = 302014
DISALLOWING: Final = 201008
LOG_SERVER_DOWN: Final = 414003
LOG_SERVER_BACK: Final = 414004
ALLOWING: Final = 414007
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
RECORDS_LOST: Final = 900015
HELD_BACK: Final = 900016
LOG_TROUBLE: Final = 900017
REFUSED: Final = 900018
CHECKED: Final = 900019
UNANNOUNCED: Final = 900020
UNFINISHED: Final = 900021
HOLE: Final = 900022
WORKER_LOST: Final = 900023
WORKER_BACK: Final = 900024
MONITORED: Final = 900025
WOULD_END: Final = 900026
DIVERGED: Final = 900027
