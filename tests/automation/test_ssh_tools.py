"""The tools that manage the appliance manage mailward, unmodified.

Each opens, enables, reads, configures the example policy twice (the second time
changes nothing), saves, and is told of a wrong command.
"""

from typing import Final

import pytest

from tests.automation.environments import job, python_with
from tests.automation.gateways import EXAMPLE, POLICY, Process, plain

pytestmark = pytest.mark.timeout(400)


def test_netmiko(gateway: Process) -> None:
    """`cisco_asa`, found by auto-detection."""
    python = python_with("netmiko", "netmiko==4.8.0")
    said = job(python, "netmiko_asa", gateway.port, EXAMPLE)
    assert said["detected"] == "cisco_asa"
    assert said["prompt"] == "gw1#"
    assert said["version"].startswith("mailward Software Version")
    assert "[OK]" in said["saved"]
    assert plain(said["running"]) == plain(gateway.file.read_text())
    assert said["again"] == said["running"]
    assert said["wrong"].endswith("ERROR: % Invalid input detected at '^' marker.")
    assert "match body length gt 35000" in said["long"]
    assert gateway.policy() == POLICY


OLD: Final = ("scrapli==2025.1.30", "scrapli-community==2025.1.30", "paramiko")
NEW: Final = ("scrapli==2026.10.14",)


@pytest.mark.parametrize(
    ("job_name", "packages", "transport"),
    [
        ("scrapli_old", OLD, "system"),
        ("scrapli_old", OLD, "paramiko"),
        ("scrapli_new", NEW, "ssh2"),
        ("scrapli_new", NEW, "bin"),
    ],
)
def test_scrapli(
    gateway: Process, job_name: str, packages: tuple[str, ...], transport: str
) -> None:
    """Both generations, through a library and through the system's own ssh."""
    python = python_with(job_name.replace("_", "-"), *packages)
    said = job(python, job_name, gateway.port, EXAMPLE, transport)
    assert said["prompt"].strip() in ("gw1#", "gw1(config)#")
    assert (said["first"], said["second"], said["wrong"]) == ("False", "False", "True")
    assert said["second running"] == said["first running"]
    assert "[OK]" in said["saved"]
    assert plain(said["first running"]) == plain(gateway.file.read_text())
    assert gateway.policy() == POLICY
