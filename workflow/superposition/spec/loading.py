"""Finding experiments by id: their specification under a preset, and under each of their variants."""

from dataclasses import dataclass
from pathlib import Path

from ..store import project
from ..store.errors import UserError
from ..store.plugins import registered
from ..store.project import folder
from ..store.strict_yaml import read_yaml
from .architectures import BUILT_IN
from .bounds import check_readings, check_sizes
from .experiment import Experiment
from .readings import reading_variants
from .validation import validated
from .variants import merge, swept, variant_of


@dataclass(frozen=True)
class Loaded:
    """An experiment under a preset.

    Args:
        experiment: as its file and the preset state it.
        variants: the experiment as each variant changes it, the variants of its readings included.
        sweep: the values of each swept setting, by dotted key, as the schema reads them.
    """

    experiment: Experiment
    variants: dict[str, Experiment]
    sweep: dict[str, list]


def load_experiment(identifier: str, preset: str) -> Loaded:
    """Read an experiment under a preset.

    Raises:
        UserError: no such experiment, or its file is wrong; one line with file and key.
    """
    home = folder(identifier)
    if not home.is_dir():
        identifiers = sorted(
            path.name
            for path in project.EXPERIMENTS.iterdir()
            if path.is_dir() and not path.name.startswith(("_", "."))
        )
        raise UserError(f"config/config.yaml: experiments: found {identifier!r}; allowed: {', '.join(identifiers)}")
    path = home / "experiment.yaml"
    if not path.is_file():
        raise UserError(f"{home}: no experiment.yaml; allowed: a folder with that file, or another id in experiments")
    document = read_yaml(path)
    plain = validated(Experiment, document, path)
    document = merge(document, plain.presets.get(preset, {}), path, f"presets.{preset}")
    experiment = validated(Experiment, document, path, f"with preset {preset}")
    check_readings(experiment, path)
    variants = {
        name: variant_of(document, [changes], experiment, path, f"variants.{name}")
        for name, changes in experiment.variants.items()
    }
    base = next(iter(experiment.variants))
    for name, changes in reading_variants(experiment.axes, experiment.design, base).items():
        steps = [experiment.variants[base], *changes]
        variants[name] = variant_of(document, steps, experiment, path, f"axes, reading {name}")
    sweep = swept(document, experiment, path)
    check_sizes(experiment, variants, sweep, path)
    _check_names(experiment, home, path)
    return Loaded(experiment, variants, sweep)


def _check_names(experiment: Experiment, home: Path, path: Path) -> None:
    """Every architecture, figure and claim that the specification names must exist."""
    architectures = [*BUILT_IN, *registered(home / "models.py", "register")]
    for name, model in experiment.models.items():
        if model.architecture not in architectures:
            raise UserError(
                f"{path}: models.{name}.architecture: found {model.architecture!r}; allowed: {', '.join(architectures)}"
            )
    for kind, named in (("figure", experiment.figures), ("claim", experiment.claims)):
        file = home / f"{kind}s.py"
        known = registered(file, kind)
        for name in named:
            if name not in known:
                raise UserError(
                    f"{path}: {kind}s.{name}: no function is registered as @{kind}({name!r}) in {file}; "
                    f"allowed: {', '.join(known) or 'none'}"
                )
