"""A real OpenSMTPD for a while, in a layer of its own.

Knows: how Debian's OpenSMTPD is configured to take everything into one Maildir.
Does not know: mailward; how a layer is made.
Called by: the fixture in conftest.
"""

from pathlib import Path
from typing import Final, final

from tests.acceptance.layers import VISITOR, Layer, knock, until
from tests.acceptance.postfix import free_port

CONFIG: Final = """\
table everybody {{ "@" = "nobody" }}
listen on 127.0.0.1 port {port} hostname mail.example.com
action "box" maildir "/srv/box" virtual <everybody>
match from any for any action "box"
"""

#: The resolver asks nobody but /etc/hosts: whatever the machine's own says.
WORK: Final = """\
user opensmtpd 801
user opensmtpq 802
rm -rf /var/spool/smtpd
mkdir -p -m 711 /var/spool/smtpd /var/lib/opensmtpd/empty
rm -f /etc/resolv.conf
echo 'lookup file' >/etc/resolv.conf
mkdir /srv/box
chown nobody /srv/box
smtpd -d -f /srv/smtpd.conf
"""


@final
class OpenSMTPD:
    """One OpenSMTPD on a loopback port, with every mail in one Maildir."""

    def __init__(self) -> None:
        self.port = free_port()
        self._layer = Layer(
            "opensmtpd", {"smtpd.conf": CONFIG.format(port=self.port)}, WORK
        )
        self.log = self._layer.log
        try:
            self.log.wait(r"OpenSMTPD .* starting", timeout=60)
            until(self._listens, 60, "OpenSMTPD listens")
        except BaseException:
            self.stop()
            raise

    def _listens(self) -> bool:
        hexadecimal = f"0100007F:{self.port:04X} 00000000:0000 0A"
        return hexadecimal in Path("/proc/net/tcp").read_text()

    def mails(self) -> list[Path]:
        """The files of the mails that were delivered."""
        return sorted((self._layer.shared / "box" / "new").glob("*"))

    def quiet(self) -> None:
        """Wait until no session is open and no mail is on its way."""
        knock(self.port, self.log, f"smtp connected address={VISITOR}")
        until(self._rests, 60, "OpenSMTPD comes to rest")

    def _rests(self) -> bool:
        count = [
            len(self.log.found(words))
            for words in (
                "smtp connected",
                "smtp disconnected",
                "smtp envelope",
                "mda delivery",
            )
        ]
        return count[0] == count[1] and count[2] == count[3]

    def stop(self) -> None:
        """End it and everything it started; remove its files."""
        self._layer.stop()
