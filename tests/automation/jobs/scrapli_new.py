"""scrapli since its rewrite, with the definition it ships; says what it saw."""

import json
import sys

from scrapli import (
    AuthOptions,
    Cli,
    LookupKeyValue,
    TransportBinOptions,
    TransportSsh2Options,
)

TRANSPORTS = {"bin": TransportBinOptions, "ssh2": TransportSsh2Options}


def work() -> dict[str, str]:
    """Open, enable, read, configure, save, read back."""
    link = Cli(
        "127.0.0.1",
        port=int(sys.argv[1]),
        definition_file_or_name="cisco_asa",
        auth_options=AuthOptions(
            username="admin",
            password="cisco",
            lookups=[LookupKeyValue(key="enable", value="sesame")],
        ),
        transport_options=TRANSPORTS[sys.argv[3]](),
    )
    link.open()
    said = {"prompt": link.get_prompt().result}
    lines = sys.argv[2].splitlines()
    for name in ("first", "second"):
        done = link.send_inputs(lines, requested_mode="configuration")
        said[name] = str(done.failed)
        said[f"{name} running"] = link.send_input("show run").result
    said["saved"] = link.send_input("write memory").result
    said["wrong"] = str(link.send_input("show frobnication").failed)
    link.close()
    return said


sys.stdout.write(json.dumps(work()) + "\n")
