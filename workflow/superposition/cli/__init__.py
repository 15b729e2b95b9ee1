"""The door: `python -m superposition`, one command per stage and those that help a user.

What enters: command lines. What leaves: exit statuses, and errors of one line. It may import every room.
"""
