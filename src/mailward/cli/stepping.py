"""Stepping down: from root to the user that `--user` names.

Knows: which files and folders that user must be able to write.
Does not know: how a user is changed.
Called by: `cli.gateway`, once the sockets are open.
"""

import os
from pathlib import Path
from typing import Final

from mailward.cli.files import fail
from mailward.cli.plan import Plan
from mailward.errors import MailwardError
from mailward.fleet.privileges import NET_RAW, become, own

#: Folders of this name are ours alone.
_OURS: Final = "mailward"


def step_down(plan: Plan) -> None:
    """Be the user of the plan, if it names one.  A log file that is not there yet,
    and folders of the name mailward, become that user's."""
    if not plan.user:
        return
    transparent = any(entrance.route is None for entrance in plan.entrances)
    try:
        if os.geteuid() == 0:
            _prepare(plan)
        become(plan.user, (NET_RAW,) if transparent else ())
    except MailwardError as error:
        fail(f"--user {plan.user}: {error}")


def _prepare(plan: Plan) -> None:
    try:
        log = Path(plan.pen.log)
        if plan.pen.log != "-" and not log.exists():
            log.touch(0o640)
            own(str(log), plan.user)
        state = Path(plan.state)
        if state.name == _OURS:
            state.mkdir(mode=0o700, parents=True, exist_ok=True)
            own(str(state), plan.user)
        folder = Path(plan.control).parent
        if folder.name == _OURS and folder.is_dir():
            own(str(folder), plan.user)
    except OSError as error:
        raise MailwardError(f"{error.filename}: {error.strerror}") from error
    except KeyError as error:
        raise MailwardError(f"there is no user {plan.user}") from error
