"""Netmiko's driver for the appliance at its daily work; says what it saw."""

import json
import sys

from netmiko import ConnectHandler, SSHDetect

LOGIN = {
    "host": "127.0.0.1",
    "port": int(sys.argv[1]),
    "username": "admin",
    "password": "cisco",
    "secret": "sesame",
}


def work() -> dict[str, str]:
    """Detect, open, enable, read, configure, save, read back."""
    said = {"detected": str(SSHDetect(device_type="autodetect", **LOGIN).autodetect())}
    link = ConnectHandler(device_type="cisco_asa", **LOGIN)
    said["prompt"] = link.find_prompt()
    said["version"] = link.send_command("show version")
    lines = sys.argv[2].splitlines()
    said["first"] = link.send_config_set(lines, error_pattern="ERROR: %")
    said["saved"] = link.save_config()
    said["running"] = link.send_command("show running-config")
    said["second"] = link.send_config_set(lines, error_pattern="ERROR: %")
    said["again"] = link.send_command("show running-config")
    said["wrong"] = link.send_command("show frobnication")
    said["long"] = link.send_command("show service-policy inspect esmtp")
    link.disconnect()
    return said


sys.stdout.write(json.dumps(work()) + "\n")
