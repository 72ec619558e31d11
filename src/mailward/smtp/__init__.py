"""What the RFCs say about SMTP: lines, commands, replies, keywords, addresses.

No policy, and no memory beyond one line.
"""
