"""The house of drivers: where octets come from and where they go.

Knows: ends, back-pressure, enforcement, sockets.  Does not know: SMTP.
Called by: cli, demo, testing.
"""
