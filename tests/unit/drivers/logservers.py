"""Log servers of the tests: they listen on the loopback and keep what comes.

Knows: sockets, TLS, how to wait for something.
Does not know: records.
Called by: the tests beside it, tests/live, tests/acceptance.
"""

import asyncio
import datetime
import ssl
import time
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Final, final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PATIENCE: Final = 60.0


async def awaited(holds: Callable[[], bool]) -> bool:
    """Does it come to hold?"""
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.01)
    return True


@final
class TcpServer:
    """Keeps what its connections say, or reads nothing (`deaf`)."""

    def __init__(self, *, deaf: bool = False) -> None:
        self.got = bytearray()
        self.connections: list[asyncio.Transport] = []
        self.port = 0
        self.deaf = deaf
        self._server: asyncio.Server | None = None

    async def start(
        self,
        address: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Listen."""
        self._server = await asyncio.get_running_loop().create_server(
            lambda: _Connection(self), address, port, ssl=tls
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more, and reset what stands."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for transport in self.connections:
            transport.abort()
        self.connections.clear()
        await asyncio.sleep(0)

    def lines(self) -> list[str]:
        """What came, line by line."""
        return self.got.decode().splitlines()


@final
class _Connection(asyncio.Protocol):
    """One connection of a server."""

    def __init__(self, server: TcpServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands."""
        assert isinstance(transport, asyncio.Transport)
        self._server.connections.append(transport)
        if self._server.deaf:
            transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        """Keep it."""
        self._server.got += data


@final
class UdpServer(asyncio.DatagramProtocol):
    """Keeps datagrams."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.port = 0
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self, address: str = "127.0.0.1", port: int = 0) -> None:
        """Listen."""
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: self, local_addr=(address, port)
        )
        self.port = self._transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Keep it."""
        self.got.append(data)

    def stop(self) -> None:
        """Listen no more."""
        if self._transport is not None:
            self._transport.close()


def certified(folder: Path, *names: str) -> tuple[Path, Path]:
    """A certificate for addresses and names, signed by itself; its file and that of
    its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "log server")])
    now = datetime.datetime.now(datetime.UTC)
    others: list[x509.GeneralName] = [
        x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
        for name in names
    ]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(others), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "log.pem", folder / "log.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, secret


def served(certificate: Path, secret: Path) -> ssl.SSLContext:
    """The server's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, secret)
    return context


def run(what: Callable[[], Awaitable[None]]) -> None:
    """One test in a loop of its own."""

    async def bounded() -> None:
        async with asyncio.timeout(PATIENCE * 2):
            await what()

    asyncio.run(bounded())
