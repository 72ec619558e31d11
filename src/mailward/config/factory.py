"""The configuration of a factory-new appliance, as text.

Knows: the default inspection map and the global policy, in the appliance's own
language (reference sections 4 and 9.5).
Does not know: how text is read; it goes the way of every other text.
Called by: `config.load` (the default map), cli and testing (the whole).
"""

from typing import Final

#: What is there without being typed: the map that plain `inspect esmtp` means,
#: as before release 9.4, and the class that configurations take for granted.
BUILT_IN: Final = """\
class-map inspection_default
 match default-inspection-traffic
policy-map type inspect esmtp _default_esmtp_map
 description Default ESMTP policy-map
 parameters
  mask-banner
  no mail-relay
  no special-character
  no allow-tls
 match cmd line length gt 512
  drop-connection log
 match cmd RCPT count gt 100
  drop-connection log
 match body line length gt 998
  log
 match header line length gt 998
  drop-connection log
 match sender-address length gt 320
  drop-connection log
 match MIME filename length gt 255
  drop-connection log
 match ehlo-reply-parameter others
  mask
"""
#: The same since release 9.4 (`mailward compat asa-version 9.4`).
BUILT_IN_94: Final = BUILT_IN.replace("  no allow-tls\n", "  allow-tls\n")

FACTORY: Final = """\
class-map inspection_default
 match default-inspection-traffic
!
!
policy-map type inspect dns preset_dns_map
 parameters
  message-length maximum client auto
  message-length maximum 512
policy-map global_policy
 class inspection_default
  inspect dns preset_dns_map
  inspect ftp
  inspect h323 h225
  inspect h323 ras
  inspect rsh
  inspect rtsp
  inspect esmtp
  inspect sqlnet
  inspect skinny
  inspect sunrpc
  inspect xdmcp
  inspect sip
  inspect netbios
  inspect tftp
  inspect ip-options
!
service-policy global_policy global
"""
