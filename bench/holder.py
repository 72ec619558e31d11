#!/usr/bin/env python3
"""A sink that holds as many connections as there are descriptors.

smtp-sink selects, and so ends at a thousand.  This one has an epoll, and takes
small mails as fast as they come.

    bench/holder.py PORT
"""

import resource
import select
import socket
import sys
from contextlib import suppress
from typing import Final

ANSWERS: Final = {
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 good bye\r\n",
}


def main() -> None:
    """Serve until killed."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=4096) as server:
        serve(server)


def serve(server: socket.socket) -> None:
    """All connections, on one epoll."""
    poll = select.epoll()
    poll.register(server, select.EPOLLIN)
    ends: dict[int, socket.socket] = {}
    data: set[int] = set()
    while True:
        for fd, _ in poll.poll():
            if fd == server.fileno():
                end, _ = server.accept()
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                end.sendall(b"220 holder ESMTP\r\n")
                ends[end.fileno()] = end
                poll.register(end, select.EPOLLIN)
                continue
            octets = b""
            with suppress(OSError):
                octets = ends[fd].recv(65536)
            if not octets or not answer(ends[fd], octets, fd, data):
                data.discard(fd)
                ends.pop(fd).close()


def answer(end: socket.socket, octets: bytes, fd: int, data: set[int]) -> bool:
    """One segment, which is a command or (the end of) a message; false when the
    session is over."""
    if fd in data:
        if not octets.endswith(b".\r\n"):
            return True
        data.discard(fd)
        reply = b"250 taken\r\n"
    else:
        reply = ANSWERS.get(octets[:4].upper(), b"250 fine\r\n")
        if reply[:3] == b"354":
            data.add(fd)
    with suppress(OSError):
        end.sendall(reply)
    return reply[:3] != b"221"


if __name__ == "__main__":
    main()
