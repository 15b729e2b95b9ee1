"""The command that locks claims before their numbers are looked at (docs/amendments.md)."""

import sys

import click

from .group import configured, main


@main.command()
@click.option("--check", is_flag=True, help="Change nothing; fail where claims are not locked as they stand.")
@configured
def lock(plan, check):
    """Lock every claim's test and settings in its experiment's claims.lock: later changes need an amendment."""
    from ..pipeline.locks import lock_claims, lock_findings

    look = lock_findings if check else lock_claims
    findings = [finding for name in plan.configuration.experiments for finding in look(name)]
    for finding in findings:
        click.echo(f"error: {finding}", err=True)
    if findings:
        sys.exit(1)
    click.echo("claims are locked")


__all__ = ["lock"]
