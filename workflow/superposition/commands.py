"""The commands behind `python -m superposition`: one per stage, and those that help a user."""

import json
import os
import sys
from pathlib import Path

import click

from .errors import UserError
from .plan import load_plan
from .products import (
    cell_path,
    checked,
    claims_path,
    data_path,
    figure_folder,
    provenance_path,
    write_provenance,
)

# Configuration keys as a JSON object, beneath those of --set: what was given on Snakemake's command line.
ENVIRONMENT = "SUPERPOSITION_SET"

# Kinds of product that claims are judged by.
JUDGED = ("data", "matrices", "metrics")


class _Commands(click.Group):
    """A group that turns the user's mistakes into one line and exit status 1."""

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except UserError as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(1)


class _Setting(click.ParamType):
    name = "key=value"

    def convert(self, value, param, ctx):
        key, equals, text = value.partition("=")
        if not equals:
            self.fail(f"{value!r} is not key=value")
        try:
            return key, json.loads(text)
        except ValueError:
            return key, text


def _stage_options(command):
    """Options of every command that reads the configuration."""
    command = click.option(
        "--set",
        "overrides",
        type=_Setting(),
        multiple=True,
        callback=lambda ctx, option, pairs: json.loads(os.environ.get(ENVIRONMENT, "{}")) | dict(pairs),
        help="Replace a key of config/config.yaml; the value is JSON or text.",
    )(command)
    return click.option(
        "--expect",
        help="Digest that the stage must have; refuses to run when the configuration was edited meanwhile.",
    )(command)


@click.group(cls=_Commands)
def main():
    """Replicate experiments on superposition in neural networks."""


@main.command()
@click.argument("experiment")
@click.argument("sparsity")
@_stage_options
def data(experiment, sparsity, overrides, expect):
    """Generate the data sets of a sparsity."""
    stage = _expected(load_plan(overrides).data(experiment, sparsity), expect)
    from .stages.data import generate

    output = data_path(experiment, sparsity)
    _forget(output)
    generate(stage["settings"], output)
    write_provenance(output, stage, [])


@main.command()
@click.argument("experiment")
@click.argument("model")
@click.argument("sparsity")
@_stage_options
def train(experiment, model, sparsity, overrides, expect):
    """Train a cell: one model at one sparsity, every variant and seed."""
    plan = load_plan(overrides)
    stage = _expected(plan.train(experiment, model, sparsity), expect)
    source = checked(data_path(experiment, sparsity), plan.data(experiment, sparsity))
    from .instances import expand
    from .progress import Progress
    from .stages.train import train as run

    output = cell_path(experiment, model, sparsity, "weights.safetensors")
    _forget(output)
    steps = sum(instance.training["steps"] for instance in expand(stage["settings"]))
    progress = Progress(f"{experiment} {model} S{sparsity}", steps)
    try:
        run(stage["settings"], source, output, progress)
    finally:
        progress.close()
    write_provenance(output, stage, [source])


@main.command()
@click.argument("experiment")
@click.argument("model")
@click.argument("sparsity")
@_stage_options
def extract(experiment, model, sparsity, overrides, expect):
    """Extract a cell's matrices and metrics."""
    plan = load_plan(overrides)
    stage = _expected(plan.extract(experiment, model, sparsity), expect)
    inputs = [
        checked(
            cell_path(experiment, model, sparsity, "weights.safetensors"),
            plan.train(experiment, model, sparsity),
        ),
        checked(data_path(experiment, sparsity), plan.data(experiment, sparsity)),
    ]
    from .stages.extract import extract as run

    outputs = [cell_path(experiment, model, sparsity, name) for name in ("matrices.safetensors", "metrics.csv")]
    _forget(*outputs)
    run(stage["settings"], *inputs, *outputs)
    for output in outputs:
        write_provenance(output, stage, inputs)


@main.command()
@click.argument("identifier")
@_stage_options
def figure(identifier, overrides, expect):
    """Draw a figure, such as article-bias, and write its bundle."""
    plan = load_plan(overrides)
    stage = _expected(plan.figure(identifier), expect)
    from .stages.figure import draw

    draw(plan, stage, figure_folder(identifier))


@main.command()
@click.argument("experiment")
@_stage_options
def judge(experiment, overrides, expect):
    """Judge an experiment's claims under every reading."""
    plan = load_plan(overrides)
    stage = _expected(plan.judge(experiment), expect)
    inputs = {path: made for kind in JUDGED for path, made in plan.product_stages(experiment, kind).items()}
    for path, made in inputs.items():
        checked(path, made)
    from .results import Results
    from .stages.judge import judge as run

    results = Results(experiment, stage["settings"], JUDGED, lambda path: path)
    output = claims_path(experiment)
    table = output.with_suffix(".csv")
    _forget(output, table)
    run(stage["settings"], results, output, table)
    for product in (output, table):
        write_provenance(product, stage, inputs)


@main.command()
@_stage_options
def verdicts(overrides, expect):
    """Print the verdicts on every claim."""
    from .verdict_table import verdict_table

    plan = load_plan(overrides)
    for name in plan.judged():
        path = checked(claims_path(name), plan.judge(name))
        click.echo(verdict_table(json.loads(path.read_text(encoding="utf-8"))))


@main.command()
@_stage_options
def report(overrides, expect):
    """Write the document: report/report.md, report.html and report.pdf."""
    plan = load_plan(overrides)
    stage = _expected(plan.report(), expect)
    from .stages.report import write

    write(plan, stage)


@main.command()
@_stage_options
def check(overrides, expect):
    """Check the configuration and say what it asks for."""
    plan = load_plan(overrides)
    for name in plan.experiments:
        cells = plan.cells(name)
        instances = len(plan.variants[name]) * len(plan.experiments[name].seeds)
        click.echo(
            f"{name}: {len(cells)} cells of {instances} models, preset {plan.configuration.preset}, "
            f"engine {plan.configuration.engine}"
        )


@main.command()
@click.argument("which", type=click.Choice(["experiment", "config", "claims"]), default="experiment")
def schema(which):
    """Print the JSON schema of experiment.yaml, config.yaml or claims.json, with every key described."""
    from .configuration import Configuration
    from .judgement import Judgement
    from .specification import Experiment

    model = {"experiment": Experiment, "config": Configuration, "claims": Judgement}[which]
    click.echo(json.dumps(model.model_json_schema(), indent=2, ensure_ascii=False))


def _expected(stage: dict, expect: str | None) -> dict:
    if expect is not None and stage["digest"] != expect:
        raise UserError(
            f"{stage['stage']} {' '.join(stage['target'])}: the configuration or the code was edited during the run "
            f"(digest {stage['digest']}, expected {expect}); run snakemake again"
        )
    return stage


def _forget(*products: Path) -> None:
    """Remove a product's provenance before the product is replaced, so that the two never disagree unnoticed."""
    for product in products:
        provenance_path(product).unlink(missing_ok=True)
