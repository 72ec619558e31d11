"""Ansible's collection for the appliance at its daily work."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from tests.automation.environments import JOBS, python_with
from tests.automation.gateways import POLICY, START, Process, plain

pytestmark = pytest.mark.timeout(600)

#: The last of the community's packages that holds the collection, and the last
#: core that its plug-ins work with.
PACKAGES: Final = ("ansible==11.13.0", "ansible-core==2.18.19", "paramiko")
INVENTORY: Final = """\
[gateway]
gw1 ansible_host=127.0.0.1 ansible_port={port}
[gateway:vars]
ansible_user=admin
ansible_password=cisco
ansible_become=true
ansible_become_method=ansible.netcommon.enable
ansible_become_password=sesame
ansible_network_os=cisco.asa.asa
ansible_connection=ansible.netcommon.network_cli
ansible_network_cli_ssh_type=paramiko
"""
SETTINGS: Final = """\
[defaults]
host_key_checking = False
[paramiko_connection]
host_key_auto_add = True
[persistent_connection]
command_timeout = 120
connect_timeout = 60
"""


def played(python: Path, folder: Path) -> tuple[dict[str, int], dict[str, Any]]:
    """Play it: the recap by word, and what was seen."""
    done = subprocess.run(
        [
            str(python.parent / "ansible-playbook"),
            *("-i", str(folder / "hosts.ini"), str(JOBS / "playbook.yml")),
            *("-e", f"folder={folder}", "-e", f"ansible_playbook_python={python}"),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
        cwd=folder,
        env={
            **os.environ,
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        },
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    recap = done.stdout.rpartition("PLAY RECAP")[2]
    counts = {word: int(count) for word, count in re.findall(r"(\w+)=(\d+)", recap)}
    return counts, json.loads((folder / "seen.json").read_text())


def test_ansible(gateway: Process, tmp_path: Path) -> None:
    """Facts, shows, a backup, the example policy, an access list; all of it
    again changes nothing."""
    python = python_with("ansible", *PACKAGES, seconds=400)
    folder = tmp_path / "ansible"
    folder.mkdir()
    (folder / "hosts.ini").write_text(INVENTORY.format(port=gateway.port))
    (folder / "ansible.cfg").write_text(SETTINGS)

    counts, seen = played(python, folder)
    assert (counts["failed"], counts["changed"]) == (0, 9)
    facts = seen["facts"]["ansible_facts"]
    assert facts["ansible_net_hostname"] == "gw1"
    assert facts["ansible_net_serialnum"].startswith("MW")
    assert facts["ansible_net_image"].startswith("mailward-")
    assert facts["ansible_net_filesystems"] == ["disk0:"]
    assert facts["ansible_net_memtotal_mb"] > 0
    assert facts["ansible_net_config"].startswith(": Saved\n:\nASA Version ")
    assert "service-policy" not in facts["ansible_net_config"]
    backup = (folder / "backup.cfg").read_text()
    for line in START.splitlines():
        assert "password" in line or line.strip() in backup
    assert gateway.policy() == POLICY

    counts, seen = played(python, folder)
    assert (counts["failed"], counts["changed"]) == (0, 1), "only the backup changes"
    assert "match body length gt 35000" in seen["shows"]["stdout"][1]
    lists = {acl["name"]: acl["aces"] for acl in seen["gathered"]["gathered"]["acls"]}
    assert lists["email"][0]["destination"]["port_protocol"] == {"eq": "smtp"}
    assert lists["inbound"][0]["destination"]["host"] == "10.1.1.5"
    assert "access-list inbound" not in plain(gateway.file.read_text())
