"""pyATS: Unicon drives the console, Genie parses what it shows.

Some 800 MB, so it has a marker of its own; `make test` runs it where the
packages come in time.
"""

import shutil

import pytest

from tests.automation.environments import job, python_with
from tests.automation.gateways import EXAMPLE, POLICY, Process, plain

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.timeout(800),
    pytest.mark.skipif(shutil.which("ssh") is None, reason="Unicon needs ssh"),
]


def test_pyats(gateway: Process) -> None:
    """Connect, enable, configure twice, save; then every show of the appliance
    that Genie knows and mailward has, its counters among them."""
    python = python_with(
        "pyats", "pyats==26.9", "genie==26.9", "unicon==26.9", seconds=500
    )
    said = job(python, "pyats_genie", gateway.port, EXAMPLE)
    assert said["first"] == said["second"]
    assert "[OK]" in said["saved"]
    assert plain(said["first"]) == plain(gateway.file.read_text())
    assert gateway.policy() == POLICY

    gateway.mails()
    said = job(python, "pyats_genie", gateway.port, EXAMPLE, "parse")
    for words in ("show service-policy", "whole"):
        policies = said[words]["global_policy"]["service_policy"]
        classes = policies["L3_outside_policy"]["class_map"]
        counted = classes["L3_email_class_map"]["inspect"]["esmtp"]
        assert counted["inspect_map"] == "L7_EMAIL_MAP"
        assert counted["packet"] > 20
        assert (counted["drop"], counted["reset_drop"]) == (1, 0)
    version = said["show version"]["version"]
    assert (version["hostname"], version["asa_version"]) == ("gw1", "9.16(4)")
    assert version["system_image"].startswith("mailward-")
    brief = said["show interface ip brief"]["interfaces"]
    assert list(brief["GigabitEthernet0/0"]["ipv4"]) == ["203.0.113.1"]
    for words in ("show interface summary", "show interface detail"):
        inside = said[words]["interfaces"]["GigabitEthernet0/1"]
        assert (inside["name"], inside["subnet"]) == ("inside", "255.255.255.0")
    assert said["show nameif"]["GigabitEthernet0/1"]["security_level"] == 100
    chassis = said["show inventory"]["Chassis"]
    assert chassis["sn"] == version["serial_number"]
    usage = said["show resource usage"]["context"]["System"]["resource"]
    assert usage["SSH"]["current"] == 1
    outside = said["show traffic"]["outside"]
    assert outside["received"]["bytes"] > 200
    assert said["show traffic"]["inside"]["transmitted"]["packets"] > 10
