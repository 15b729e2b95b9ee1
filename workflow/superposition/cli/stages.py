"""One command per stage of the pipeline: what the rules call, and a user may."""

from pathlib import Path

import click

from ..spec.configuration import WHOLE
from ..store.products import (
    JUDGED,
    cell_path,
    checked,
    claims_path,
    data_path,
    figure_folder,
    provenance_path,
    write_provenance,
)
from .group import expected, main, staged


@main.command()
@click.argument("experiment")
@click.argument("stretch")
@staged
def data(experiment, stretch, plan, expect):
    """Generate the data sets of a sparsity, or of a stretch of them such as 0-0.411."""
    stage = expected(plan.data(experiment, stretch), expect)
    from ..data.stage import generate

    output = data_path(experiment, stretch)
    _forget(output)
    generate(stage["settings"], output)
    write_provenance(output, stage, [])


@main.command()
@click.argument("experiment")
@click.argument("model")
@click.argument("stretch")
@staged
def train(experiment, model, stretch, plan, expect):
    """Train a cell: one model at one sparsity or a stretch of them, every variant and seed."""
    stage = expected(plan.train(experiment, model, stretch), expect)
    source = checked(data_path(experiment, stretch), plan.data(experiment, stretch))
    from ..data.instances import expand
    from ..train.progress import Progress
    from ..train.stage import train as run

    output = cell_path(experiment, model, stretch, "weights.safetensors")
    _forget(output)
    steps = sum(instance.training["steps"] for instance in expand(stage["settings"]))
    progress = Progress(f"{experiment} {model} S{stretch}", steps)
    try:
        run(stage["settings"], source, output, progress)
    finally:
        progress.close()
    write_provenance(output, stage, [source])


@main.command()
@click.argument("experiment")
@click.argument("model")
@click.argument("stretch")
@staged
def extract(experiment, model, stretch, plan, expect):
    """Extract a cell's matrices and metrics."""
    stage = expected(plan.extract(experiment, model, stretch), expect)
    inputs = [
        checked(
            cell_path(experiment, model, stretch, "weights.safetensors"),
            plan.train(experiment, model, stretch),
        ),
        checked(data_path(experiment, stretch), plan.data(experiment, stretch)),
    ]
    from ..measure.stage import extract as run

    outputs = [cell_path(experiment, model, stretch, name) for name in ("matrices.safetensors", "metrics.csv")]
    _forget(*outputs)
    run(stage["settings"], *inputs, *outputs)
    for output in outputs:
        write_provenance(output, stage, inputs)


@main.command()
@click.argument("identifier")
@staged
def figure(identifier, plan, expect):
    """Draw a figure, such as article-bias, and write its bundle."""
    stage = expected(plan.figure(identifier), expect)
    from ..draw.stage import draw

    draw(plan, stage, figure_folder(identifier))


@main.command()
@click.argument("experiment")
@staged
def judge(experiment, plan, expect):
    """Judge an experiment's claims under every reading."""
    stage = expected(plan.judge(experiment), expect)
    inputs = {path: made for kind in JUDGED for path, made in plan.product_stages(experiment, kind).items()}
    for path, made in inputs.items():
        checked(path, made)
    from ..judge.stage import judge as run
    from ..measure.results import Results

    results = Results(experiment, stage["settings"], JUDGED, lambda path: path)
    output = claims_path(experiment)
    table = output.with_suffix(".csv")
    _forget(output, table)
    run(stage["settings"], results, output, table)
    for product in (output, table):
        write_provenance(product, stage, inputs)


@main.command()
@click.argument("document", default=WHOLE)
@staged
def report(document, plan, expect):
    """Write a document, the whole report or a part of it: report/DOCUMENT.md, .html and .pdf."""
    plan = plan.of(document)
    stage = expected(plan.report(), expect)
    from ..report.stage import write

    write(plan, stage)


def _forget(*products: Path) -> None:
    """Remove a product's provenance before the product is replaced, so that the two never disagree unnoticed."""
    for product in products:
        provenance_path(product).unlink(missing_ok=True)
