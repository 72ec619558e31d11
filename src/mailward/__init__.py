"""mailward: Cisco ASA's ESMTP inspection as open software."""

__version__ = "0.1.0"
