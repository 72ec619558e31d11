"""Configurations that several tests of this house use."""

from pathlib import Path
from typing import Final

import pytest

import mailward
from mailward.config.load import load
from mailward.config.modes import CONFIG
from mailward.config.objects import GRAMMAR
from mailward.config.running import Running
from mailward.errors import ConfigError, ConfigErrors
from mailward.lang.script import Script
from mailward.policy.endpoints import Endpoints

#: The example as bare commands, without indentation and without `exit`.
EMAIL: Final = (Path(mailward.__file__).parent / "examples" / "email.cfg").read_text()

#: The same as pasted from a terminal.
EMAIL_PASTED: Final = r"""
ciscoasa(config)# regex BAD_SENDER1 @abc\.com
ciscoasa(config)# class-map type regex match-any BAD_SENDERS
ciscoasa(config-cmap)# match regex BAD_SENDER1
ciscoasa(config-cmap)# policy-map type inspect esmtp L7_EMAIL_MAP
ciscoasa(config-pmap)# match body length gt 35000
ciscoasa(config-pmap-c)# drop-connection log
ciscoasa(config-pmap-c)# match sender-address regex class BAD_SENDERS
ciscoasa(config-pmap-c)# drop-connection
ciscoasa(config-pmap-c)# access-list email permit tcp any any eq 25
ciscoasa(config)# class-map L3_email_class_map
ciscoasa(config-cmap)# match access-list email
ciscoasa(config-cmap)# policy-map L3_outside_policy
ciscoasa(config-pmap)# class L3_email_class_map
ciscoasa(config-pmap-c)# inspect esmtp L7_EMAIL_MAP
ciscoasa(config-pmap-c)# service-policy L3_outside_policy interface outside
"""

#: What both render as; `~` stands for the blank at the end of a line.
EMAIL_RENDERED: Final = r"""
regex BAD_SENDER1 "@abc\.com"
access-list email extended permit tcp any any eq smtp~
class-map type regex match-any BAD_SENDERS
 match regex BAD_SENDER1
class-map L3_email_class_map
 match access-list email
!
!
policy-map type inspect esmtp L7_EMAIL_MAP
 parameters
 match body length gt 35000~
  drop-connection log
 match sender-address regex class BAD_SENDERS~
  drop-connection
policy-map L3_outside_policy
 class L3_email_class_map
  inspect esmtp L7_EMAIL_MAP~
!
service-policy L3_outside_policy interface outside
""".lstrip().replace("~", " ")


def taken(text: str, factory: str = "") -> Running:
    """The lines of a text, read and taken, nothing checked; what cannot be
    read is kept.  `factory`: what was there before."""
    running = Running(taken(factory).block if factory else None)
    running.take(Script(GRAMMAR, CONFIG, text, lambda _: True).lines)
    return running


def mistakes(text: str) -> list[ConfigError]:
    """The errors of a configuration that does not load."""
    with pytest.raises(ConfigErrors) as caught:
        load(text)
    return caught.value.errors


def told(errors: "list[ConfigError] | tuple[ConfigError, ...]") -> list[object]:
    """Where errors are and what they say."""
    return [(e.line, e.column, e.message) for e in errors]


def ends(
    client: str = "192.0.2.9",
    server: str = "10.1.1.5",
    port: int = 25,
    interface: str = "outside",
) -> Endpoints:
    """A connection from an interface to the inside."""
    return Endpoints(interface, client, 40000, "inside", server, port)
