"""One command per stage of the pipeline: what the rules call, and a user may."""

import click

from ..store.paths import JUDGED, WHOLE, product_path
from ..store.provenance import making
from .group import EXPECT, configured, expected, main, staged


@main.command()
@click.argument("experiment")
@click.argument("stretch")
@staged("data")
def data(task):
    """Generate the data sets of a sparsity, or of a stretch of them such as 0-0.411."""
    from ..data.stage import generate

    stage = task.stage
    output = product_path("data", *stage.target)
    with making(stage, [], output):
        generate(stage.settings, output)


@main.command()
@click.argument("experiment")
@click.argument("model")
@click.argument("stretch")
@staged("train")
def train(task):
    """Train a cell: one model at one sparsity or a stretch of them, every variant and seed."""
    stage, (sets,) = task.stage, task.inputs()
    from ..data.instances import expand
    from ..train.compiled_once import compile_once
    from ..train.progress import Progress
    from ..train.stage import train as run

    compile_once()
    output = product_path("weights", *stage.target)
    experiment, model, stretch = stage.target
    steps = sum(instance.steps for instance in expand(stage.settings))
    progress = Progress(f"{experiment} {model} S{stretch}", steps)
    with making(stage, [sets], output):
        try:
            run(stage.settings, sets, output, progress)
        finally:
            progress.close()


@main.command()
@click.argument("experiment")
@click.argument("model")
@click.argument("stretch")
@staged("extract")
def extract(task):
    """Extract a cell's matrices and metrics."""
    stage, inputs = task.stage, task.inputs()
    from ..measure.stage import extract as run
    from ..train.compiled_once import compile_once

    compile_once()
    outputs = [product_path(kind, *stage.target) for kind in ("matrices", "metrics")]
    with making(stage, inputs, *outputs):
        run(stage.settings, *inputs, *outputs)


@main.command()
@click.argument("experiment")
@staged("judge")
def judge(task):
    """Judge an experiment's claims under every reading."""
    stage, inputs = task.stage, task.inputs()
    from ..judge.stage import judge as run
    from ..measure.results import Results

    results = Results(*stage.target, stage.settings, JUDGED, lambda path: path)
    outputs = [product_path(kind, *stage.target) for kind in ("claims", "table")]
    with making(stage, inputs, *outputs):
        run(stage.settings, results, *outputs)


@main.command()
@click.argument("identifier")
@staged("figure")
def figure(task):
    """Draw a figure, such as article-bias, and write its bundle."""
    stage, inputs = task.stage, task.inputs()
    from ..draw.stage import draw

    draw(stage, inputs, product_path("figure", *stage.target))


@main.command()
@click.argument("document", default=WHOLE)
@EXPECT
@configured
def report(document, plan, expect):
    """Write a document, the whole report or a part of it: report/DOCUMENT.md, .html and .pdf."""
    stage = expected(plan.stage("report", document), expect)
    from ..report.stage import write

    write(plan.of(document), stage)
