"""Files: written whole or not at all, sealed, with what made them beside them; and where the project lies.

What enters: bytes, arrays, tables and records to keep; paths. What leaves: files that say how they were made, and
errors of one line that end in the command that mends them. It imports no other room.
"""
