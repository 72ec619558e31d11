"""scrapli before its rewrite, with its community's driver; says what it saw."""

import json
import sys

from scrapli import Scrapli


def work() -> dict[str, str]:
    """Open, enable, read, configure, save, read back."""
    link = Scrapli(
        platform="cisco_asa",
        host="127.0.0.1",
        port=int(sys.argv[1]),
        auth_username="admin",
        auth_password="cisco",
        auth_secondary="sesame",
        auth_strict_key=False,
        transport=sys.argv[3],
    )
    link.open()
    said = {"prompt": link.get_prompt()}
    lines = sys.argv[2].splitlines()
    for name in ("first", "second"):
        done = link.send_configs(lines, stop_on_failed=True)
        said[name] = str(done.failed)
        said[f"{name} running"] = link.send_command("show run").result
    said["saved"] = link.send_command("write memory").result
    said["wrong"] = str(link.send_command("show frobnication").failed)
    link.close()
    return said


sys.stdout.write(json.dumps(work()) + "\n")
