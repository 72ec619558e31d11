"""pyATS at its daily work: Unicon types, Genie parses; says what they saw."""

import json
import sys

from genie.testbed import load

PORT, EXAMPLE = int(sys.argv[1]), sys.argv[2]
SSH = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
TESTBED = {
    "devices": {
        "gw1": {
            "os": "asa",
            "type": "firewall",
            "credentials": {
                "default": {"username": "admin", "password": "cisco"},
                "enable": {"password": "sesame"},
            },
            "connections": {
                "cli": {
                    "protocol": "ssh",
                    "ip": "127.0.0.1",
                    "port": PORT,
                    "ssh_options": SSH,
                }
            },
        }
    }
}
SHOWS = (
    "show service-policy",
    "show version",
    "show interface summary",
    "show interface ip brief",
    "show interface detail",
    "show nameif",
    "show inventory",
    "show resource usage",
    "show traffic",
)


def work() -> dict[str, object]:
    """Open, enable, configure, parse, save, configure again."""
    device = load(TESTBED).devices["gw1"]
    device.connect(log_stdout=False)
    said: dict[str, object] = {}
    if len(sys.argv) > 3:
        said = {show: device.parse(show) for show in SHOWS}
        whole = device.execute("show service-policy inspect esmtp")
        said["whole"] = device.parse("show service-policy", output=whole)
    else:
        lines = EXAMPLE.splitlines()
        device.configure(lines)
        said["first"] = device.execute("show running-config")
        device.configure(lines)
        said["second"] = device.execute("show running-config")
        said["saved"] = device.execute("write memory")
    device.disconnect()
    return said


sys.stdout.write(json.dumps(work()) + "\n")
