"""The `ssh` and `aaa` lines, compiled.

Knows: what each line adds.
Does not know: who comes in.
Called by: `config.compile`.
"""

from mailward.config.groups import Groups
from mailward.config.objects.admin import AAA_LOCAL, SSH_FROM, SSH_TIMEOUT
from mailward.config.running import Running
from mailward.errors import ConfigError
from mailward.policy.acl import Network
from mailward.policy.admission import Admission


def admission(running: Running, errors: list[ConfigError]) -> Admission:
    """Who may administer."""
    groups = Groups(running)
    networks: list[Network] = []
    idle, own = 0, False
    for line in running.block.lines:
        if line.kind == SSH_FROM.line.kind:
            try:
                network = groups.addresses(line)
            except ConfigError as error:
                errors.append(error)
                continue
            assert isinstance(network, Network)
            networks.append(network)
        elif line.kind == SSH_TIMEOUT.line.kind:
            idle = line.args.number("minutes") * 60
        elif line.kind == AAA_LOCAL.line.kind:
            own = own or line.args.words("what")[0] == "enable"
    return Admission(tuple(networks), idle, own)
