"""The engine: octets and time in; octets, a verdict and findings out.

Pure: no socket, no clock, no log, no text for humans.
"""
