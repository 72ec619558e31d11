"""RANCID collects the configuration, in a layer of its own."""

from typing import Final

import pytest

from tests.acceptance.layers import Layer, why_not
from tests.automation.gateways import START, Process

_WHY: Final = why_not("rancid")
pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(bool(_WHY), reason=_WHY),
]

LOGIN: Final = r"""add method 127.0.0.1 {{ssh:{port}}}
add user 127.0.0.1 admin
add password 127.0.0.1 cisco sesame
add sshcmd 127.0.0.1 {{ssh\ -o\ StrictHostKeyChecking=no\ \
-o\ UserKnownHostsFile=/dev/null}}
"""
WORK: Final = """
cp /srv/login /srv/.cloginrc
chmod 600 /srv/.cloginrc
export HOME=/srv NOPIPE=YES PATH=/usr/lib/rancid/bin:$PATH
cd /srv
code=0
for run in first second; do
    rancid -d -l -t cisco 127.0.0.1 >/srv/told 2>&1 || code=$?
    cp 127.0.0.1.new $run
done
echo "ended with $code"
"""


def test_rancid(gateway: Process) -> None:
    """Some eighty commands, most of which nobody here knows, twice; the file that
    is left is whole, and holds no secret and nothing that changes by itself."""
    login = LOGIN.replace("\\\n", "").format(port=gateway.port)
    layer = Layer("rancid", {"login": login}, WORK)
    try:
        ended = layer.log.wait("ended with", timeout=200)
        told = (layer.shared / "told").read_text("utf-8", "replace")
        assert ended.endswith("ended with 0"), told
        lines, again = (
            (layer.shared / name).read_text().splitlines()
            for name in ("first", "second")
        )
        raw = (layer.shared / "127.0.0.1.raw").read_text("utf-8", "replace")
    finally:
        layer.stop()
    assert "End of run not found" not in told
    assert "missed cmd" not in told
    assert raw.count("Invalid input detected") > 50
    assert again == lines
    assert lines[0] == "!RANCID-CONTENT-TYPE: cisco"
    assert lines[-1] == ": end"
    for line in START.splitlines():
        hidden = "password" in line
        assert (line in lines) is not hidden, line
    assert "!username admin password <removed>" in lines
    assert "!enable password <removed>" in lines
    assert any(line.startswith("!Serial Number: MW") for line in lines)
