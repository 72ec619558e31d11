"""The community's templates read every show that they have a template for."""

import json
from typing import Any, Final

import pytest

from mailward.console.control import ask
from tests.automation.environments import job, python_with
from tests.automation.gateways import EXAMPLE, Process

pytestmark = pytest.mark.timeout(300)

MORE: Final = r"""
name 10.9.9.9 relay
object network server
host 10.1.1.5
object-group network senders
description who may send
network-object host 192.0.2.1
network-object 198.51.100.0 255.255.255.0
object-group service ports tcp
port-object eq smtp
port-object range 2525 2530
access-list inbound remark those who send
access-list inbound extended permit tcp object-group senders object server eq smtp
access-list inbound extended permit tcp any any object-group ports
access-group inbound in interface outside"""
#: The templates of `cisco_asa` that have a show here.
SHOWS: Final = (
    "dir",
    "show access-list",
    "show asp drop",
    "show interface",
    "show interface detail",
    "show interface ip brief",
    "show inventory",
    "show logging",
    "show name",
    "show object-group network",
    "show resource usage",
    "show running-config access-group",
    "show running-config object network",
    "show running-config object-group service",
    "show version",
)


def parsed(gateway: Process) -> dict[str, Any]:
    """What they make of all shows, after some mail."""
    python = python_with(
        "ntc", "ntc-templates==9.3.0", "ciscoconfparse2==0.9.18", seconds=240
    )
    gateway.configure(EXAMPLE + MORE)
    gateway.mails()
    shows = {
        command: ask(gateway.control, command)[1]
        for command in (*SHOWS, "show running-config")
    }
    return job(python, "templates", said=json.dumps(shows))


def test_templates(gateway: Process) -> None:
    """Not one line is unknown to them, and the values are the right ones."""
    said = parsed(gateway)
    for command in SHOWS:
        assert isinstance(said[command], list), f"{command}: {said[command]}"
        assert said[command], command
    (version,) = said["show version"]
    assert (version["version"], version["hostname"]) == ("9.16(4)", "gw1")
    assert version["image"].startswith("mailward-")
    assert version["serial"][0] == said["show inventory"][0]["sn"]
    brief = {one["interface"]: one for one in said["show interface ip brief"]}
    assert brief["GigabitEthernet0/0"]["ip_address"] == "203.0.113.1"
    for command in ("show interface", "show interface detail"):
        assert [one["interface"] for one in said[command]] == [
            "GigabitEthernet0/0",
            "GigabitEthernet0/1",
        ]
    lists = said["show access-list"]
    hits = {(one["acl_name"], one["line_num"]): one["hit_count"] for one in lists}
    assert hits["email", "1"] == "3"
    elements = [one for one in lists if one["entry_src_host"] == "192.0.2.1"]
    assert [one["entry_dst_host"] for one in elements] == ["10.1.1.5"]
    assert elements[0]["entry_port"] == "smtp"
    assert said["show asp drop"][0]["flow_drop_inspect_fail"] == "1"
    numbers = {one["mnemonic"] for one in said["show logging"]}
    assert {"302013", "302014", "507003", "111008"} <= numbers
    assert {"ip_address": "10.9.9.9", "name": "relay"} in said["show name"]
    group = said["show object-group network"]
    assert {one["name"] for one in group} == {"senders"}
    usage = {one["resource"]: one for one in said["show resource usage"]}
    assert usage["Conns"]["context"] == "System"
    assert said["show running-config access-group"] == [
        {"access_list": "inbound", "interface": "outside"}
    ]
    (server,) = said["show running-config object network"]
    assert (server["name"], server["host"]) == ("server", "10.1.1.5")
    ports = said["show running-config object-group service"]
    assert [one["port_start"] for one in ports] == ["smtp", "2525"]

    tree = said["show running-config"]
    assert tree["policy-map type inspect esmtp L7_EMAIL_MAP"] == [
        " parameters",
        " match body length gt 35000 ",
        "  drop-connection log",
        " match sender-address regex class BAD_SENDERS ",
        "  drop-connection",
    ]
    assert tree["policy-map L3_outside_policy"] == [
        " class L3_email_class_map",
        "  inspect esmtp L7_EMAIL_MAP ",
    ]
