"""Captures as a source of conversations: `conversations.py` is the door.

From the ground up: `feed` (octets of a file), `files` (packets), `frames`,
`fragments` and `checksums` (columns of TCP segments), `halves`, `links` and
`streams` (order), `detect` (which of it is mail), `conversations` (for others to
use), `replay` and `sides` (through the engine), `rewrite` (what would have passed).
"""
