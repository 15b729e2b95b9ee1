"""One command per stage of the pipeline: what the rules call, and a user may."""

import click

from ..spec.configuration import WHOLE
from ..store.paths import JUDGED, product_path
from ..store.provenance import checked, making
from .group import expected, main, staged


@main.command()
@click.argument("experiment")
@click.argument("stretch")
@staged
def data(experiment, stretch, plan, expect):
    """Generate the data sets of a sparsity, or of a stretch of them such as 0-0.411."""
    stage = expected(plan.stage("data", experiment, stretch), expect)
    from ..data.stage import generate

    output = product_path("data", experiment, stretch)
    with making(stage, [], output):
        generate(stage.settings, output)


@main.command()
@click.argument("experiment")
@click.argument("model")
@click.argument("stretch")
@staged
def train(experiment, model, stretch, plan, expect):
    """Train a cell: one model at one sparsity or a stretch of them, every variant and seed."""
    stage = expected(plan.stage("train", experiment, model, stretch), expect)
    sets = checked(product_path("data", experiment, stretch), plan.stage("data", experiment, stretch))
    from ..data.instances import expand
    from ..train.progress import Progress
    from ..train.stage import train as run

    output = product_path("weights", experiment, model, stretch)
    steps = sum(instance.training["steps"] for instance in expand(stage.settings))
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
@staged
def extract(experiment, model, stretch, plan, expect):
    """Extract a cell's matrices and metrics."""
    stage = expected(plan.stage("extract", experiment, model, stretch), expect)
    inputs = [
        checked(product_path("weights", experiment, model, stretch), plan.stage("train", experiment, model, stretch)),
        checked(product_path("data", experiment, stretch), plan.stage("data", experiment, stretch)),
    ]
    from ..measure.stage import extract as run

    outputs = [product_path(kind, experiment, model, stretch) for kind in ("matrices", "metrics")]
    with making(stage, inputs, *outputs):
        run(stage.settings, *inputs, *outputs)


@main.command()
@click.argument("experiment")
@staged
def judge(experiment, plan, expect):
    """Judge an experiment's claims under every reading."""
    stage = expected(plan.stage("judge", experiment), expect)
    inputs = [checked(path, maker) for kind in JUDGED for path, maker in plan.product_stages(experiment, kind).items()]
    from ..judge.stage import judge as run
    from ..measure.results import Results

    results = Results(experiment, stage.settings, JUDGED, lambda path: path)
    outputs = [product_path(kind, experiment) for kind in ("claims", "table")]
    with making(stage, inputs, *outputs):
        run(stage.settings, results, *outputs)


@main.command()
@click.argument("identifier")
@staged
def figure(identifier, plan, expect):
    """Draw a figure, such as article-bias, and write its bundle."""
    stage = expected(plan.stage("figure", identifier), expect)
    from ..draw.stage import draw

    draw(plan, stage, product_path("figure", identifier))


@main.command()
@click.argument("document", default=WHOLE)
@staged
def report(document, plan, expect):
    """Write a document, the whole report or a part of it: report/DOCUMENT.md, .html and .pdf."""
    stage = expected(plan.stage("report", document), expect)
    from ..report.stage import write

    write(plan.of(document), stage)
