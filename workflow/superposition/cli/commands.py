"""The commands that help a user, and those of the stages."""

import json
import sys
from math import prod
from pathlib import Path

import click

from ..store.paths import WHOLE, product_path
from ..store.provenance import checked
from . import export, lock, stages
from .group import configured, main


@main.command()
@configured
def verdicts(plan):
    """Print the verdicts on every claim of the report."""
    from ..judge.terminal import verdict_table

    plan = plan.of(WHOLE)
    for name in plan.judged():
        path = checked(product_path("claims", name), plan.stage("judge", name).digest)
        click.echo(verdict_table(json.loads(path.read_text(encoding="utf-8"))))


@main.command()
@click.argument("identifier")
@configured
def cite(identifier, plan):
    """Print how to cite a figure, such as article-bias: BibTeX, and a LaTeX figure with its caption."""
    from ..draw.bundles import checked_bundle
    from ..draw.citation import latex_figure

    bundle = checked_bundle(plan, identifier)
    click.echo((bundle / "cite.bib").read_text("utf-8"))
    click.echo(latex_figure(bundle, identifier), nl=False)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@configured
def identify(file, plan):
    """Say which figure a PNG, SVG or PDF file is, whether it is as it was drawn, and what made it.

    Exit status: 0 it shows what the run here drew; 3 that run is not here, and only the metadata were read; 4 it was
    altered after it was drawn; 1 it is no such file.
    """
    from ..verify.identify import identification

    status, text = identification(file, plan)
    click.echo(text)
    sys.exit(status)


@main.command()
@configured
def verify(plan):
    """Compare the run that lies here with the published one of its preset: reference/<preset>.json.

    Exit status: 0 bit for bit; 3 within tolerance; 4 outside tolerance, missing or damaged; 5 other settings than the
    published run's; 1 it cannot be compared.
    """
    from ..verify.verification import verification

    status, text = verification(plan)
    click.echo(text)
    sys.exit(status)


@main.command()
@configured
def publish(plan):
    """Write reference/<preset>.json, the manifest of the run that lies here: `make reference` makes a run for it."""
    from ..verify.manifest import write_manifest

    click.echo(write_manifest(plan))


@main.command()
@configured
def check(plan):
    """Check the configuration and the experiments' texts, and say what they ask for."""
    from ..report import preflight

    preflight.check(plan)
    for name in plan.experiments:
        cells, spec = plan.cells(name), plan.experiments[name]
        points = prod(map(len, plan.sweep(name).values()))
        variants = max(len(set(trained.values())) for trained in plan.described(name)["variants"].values())
        instances = variants * points * len(spec.seeds)
        most = instances * max(map(len, spec.stretches.values()))
        click.echo(
            f"{name}: {len(cells)} cells of {most} models, preset {plan.configuration.preset}, "
            f"engine {plan.configuration.engine}"
        )


@main.command()
@click.argument("which", type=click.Choice(["experiment", "config", "claims"]), default="experiment")
def schema(which):
    """Print the JSON schema of experiment.yaml, config.yaml or claims.json, with every key described."""
    from ..judge.record import Judgement
    from ..spec.configuration import Configuration
    from ..spec.experiment import Experiment

    model = {"experiment": Experiment, "config": Configuration, "claims": Judgement}[which]
    click.echo(json.dumps(model.model_json_schema(), indent=2, ensure_ascii=False))


__all__ = ["export", "lock", "main", "stages"]
