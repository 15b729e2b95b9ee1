"""Errors that stop a run and are the user's to mend or to know."""

import errno
from collections.abc import Collection


class UserError(Exception):
    """Something in the user's hands is wrong: the message is one line that names it and what is allowed.

    What a user wrote may hold anything: whatever is not printable becomes a space.
    """

    def __init__(self, message: str):
        super().__init__("".join(character if character.isprintable() else " " for character in message))


class MissingError(UserError):
    """A product is not there."""


class StaleError(UserError):
    """A product was made by other settings or code, or from other inputs, than those that are here now."""


class DivergedError(Exception):
    """A training loss is not finite.

    Args:
        index: the instance, by its place among those that the engine was given.
        step: the update before which the loss was computed, from 1.
        loss: the loss.
    """

    def __init__(self, index: int, step: int, loss: float):
        super().__init__(index, step, loss)
        self.index, self.step, self.loss = index, step, loss


def no_space(error: Exception) -> bool:
    """Whether an error says that the disk is full, or the user's share of it."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def check_known(kind: str, name: str, allowed: Collection[str]) -> None:
    """Refuse a name that a text gives and that there is not.

    Raises:
        UserError: one line with what there is.
    """
    if name not in allowed:
        raise UserError(f"unknown {kind} {name!r}; allowed: {', '.join(allowed) or 'none'}")
