"""What every command shares: the group, its options, and errors of one line."""

import functools
import json
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

import click

from ..pipeline.handover import Task, planned, take_over
from ..pipeline.runs import end_with_run
from ..store.errors import UserError, no_space
from ..store.files import GIVEN
from ..store.provenance import Stage

if TYPE_CHECKING:
    from ..pipeline.plan import Plan


class _Commands(click.Group):
    """A group that turns the user's mistakes into one line and exit status 1."""

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except UserError as error:
            _fail(str(error))
        except OSError as error:
            if not no_space(error):
                raise
            _fail(f"{error.filename or 'the log'}: no space left on the disk; free some and run snakemake again")


def _fail(message: str) -> NoReturn:
    with suppress(OSError):  # the log may be on a full disk
        click.echo(f"error: {message}", err=True)
    sys.exit(1)


class _Setting(click.ParamType):
    """`key=value`, the value JSON or text."""

    name = "key=value"

    def convert(self, value, param, ctx):
        """(key, value) of one option."""
        key, equals, text = value.partition("=")
        if not equals:
            self.fail(f"{value!r} is not key=value")
        try:
            return key, json.loads(text)
        except ValueError:
            return key, text


@click.group(cls=_Commands)
def main():
    """Replicate experiments on superposition in neural networks."""
    end_with_run()


def configured(command):
    """Give a command the `plan` of the configuration, some of whose keys --set replaces."""

    @functools.wraps(command)
    def run(pairs, **arguments):
        return command(plan=_plan(dict(pairs)), **arguments)

    return _SET(run)


def staged(name: str):
    """Give a stage's command its `task`: that which the run's main process laid down for it, or what the plan says.

    Args:
        name: of the stage; the command's arguments are its target.
    """

    def decorate(command):
        @functools.wraps(command)
        def run(pairs, expect, **arguments):
            asked = click.get_current_context().command.params
            target = tuple(arguments[part.name] for part in asked if isinstance(part, click.Argument))
            return command(_task(name, target, dict(pairs), expect))

        return _SET(EXPECT(run))

    return decorate


_SET = click.option(
    "--set",
    "pairs",
    type=_Setting(),
    multiple=True,
    help="Replace a key of config/config.yaml; the value is JSON or text.",
)
EXPECT = click.option(
    "--expect", help="Digest that the stage must have; refuses to run when the configuration was edited meanwhile."
)


def _task(name: str, target: tuple[str, ...], pairs: dict, expect: str | None) -> Task:
    if expect is not None and not pairs and (task := take_over(expect, name, target)):
        return task
    task = planned(_plan(pairs), name, *target)
    expected(task.stage, expect)
    return task


def _plan(pairs: dict) -> "Plan":
    """The plan under the pairs, laid over the keys that Snakemake's command line gave."""
    from ..pipeline.plan import load_plan  # it imports all that checks a configuration

    given = json.loads(os.environ.get(GIVEN, "{}")) | pairs
    os.environ[GIVEN] = json.dumps(given)  # the commands that errors name repeat them
    return load_plan(given, eager=False)


def expected(stage: Stage, expect: str | None) -> Stage:
    """A stage, once its digest is the expected one.

    Raises:
        UserError: the configuration or the code was edited after the run was planned.
    """
    if expect is not None and stage.digest != expect:
        raise UserError(
            f"{stage.name} {' '.join(stage.target)}: the configuration or the code was edited during the run "
            f"(digest {stage.digest}, expected {expect}); run snakemake again"
        )
    return stage
