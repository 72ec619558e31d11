"""The house of the network: what the kernel must do for transparent mode.

Knows: nftables, routing tables, interfaces of Linux.
Does not know: sessions, relays, who calls.
Called by: cli.
"""
