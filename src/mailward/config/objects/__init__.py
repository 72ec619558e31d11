"""OBJECTS: every line of the appliance's language that mailward knows.

A line that is not here is kept and shown, at the place where the appliance
would print it, without effect.
"""

from typing import Final

from mailward.config.objects.access import ACCESS
from mailward.config.objects.admin import ADMINISTRATION
from mailward.config.objects.base import ObjectRow
from mailward.config.objects.compat import COMPAT_LINES
from mailward.config.objects.explain import EXPLAIN
from mailward.config.objects.inspections import INSPECTIONS
from mailward.config.objects.limits import LIMITS
from mailward.config.objects.logs import LOGS
from mailward.config.objects.logservers import LOG_SERVERS
from mailward.config.objects.nat import TRANSLATIONS
from mailward.config.objects.networks import NETWORK_OBJECTS
from mailward.config.objects.patterns import PATTERNS
from mailward.config.objects.policies import POLICIES
from mailward.config.objects.services import SERVICE_OBJECTS
from mailward.config.objects.settings import SETTINGS
from mailward.config.objects.system import SYSTEM
from mailward.config.objects.traffic import TRAFFIC
from mailward.config.objects.users import USERS
from mailward.lang.grammar import Grammar

OBJECTS: Final[tuple[ObjectRow, ...]] = (
    *COMPAT_LINES,
    *LIMITS,
    *SYSTEM,
    *USERS,
    *PATTERNS,
    *NETWORK_OBJECTS,
    *SERVICE_OBJECTS,
    *ACCESS,
    *TRANSLATIONS,
    *SETTINGS,
    *LOGS,
    *LOG_SERVERS,
    *ADMINISTRATION,
    *TRAFFIC,
    *INSPECTIONS,
    *POLICIES,
    *EXPLAIN,
)
#: By the kind of the line.
OBJECT_OF: Final = {row.line.kind: row for row in OBJECTS}
GRAMMAR: Final = Grammar(tuple(row.line for row in OBJECTS))
