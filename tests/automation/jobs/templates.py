"""What ntc-templates and ciscoconfparse2 make of shows; says what they saw.

Reads a JSON object from standard input: text by command.
"""

import json
import sys

from ciscoconfparse2 import CiscoConfParse
from ntc_templates.parse import parse_output
from textfsm import TextFSMError


def work() -> dict[str, object]:
    """Each show by its template; the configuration as a tree."""
    shows = json.load(sys.stdin)
    said: dict[str, object] = {}
    configuration = shows.pop("show running-config")
    for command, text in shows.items():
        try:
            said[command] = parse_output("cisco_asa", command, text)
        except TextFSMError as error:
            said[command] = str(error)
    tree = CiscoConfParse(configuration.splitlines(), syntax="asa")
    said["show running-config"] = {
        line.text: [child.text for child in line.all_children]
        for line in tree.objs
        if line.all_children and line.text[:1] != " "
    }
    return said


sys.stdout.write(json.dumps(work()) + "\n")
