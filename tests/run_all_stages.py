"""Build every product of the configuration in the working directory, in one process; run by `test_verification`."""

from superposition.cli.commands import main
from superposition.pipeline.plan import load_plan


def command(*arguments):
    main(arguments, standalone_mode=False)


if __name__ == "__main__":
    plan = load_plan()
    for name in plan.experiments:
        for stretch in plan.experiments[name].stretches:
            command("data", name, stretch)
        for cell in plan.cells(name):
            command("train", name, *cell)
            command("extract", name, *cell)
        if name in plan.judged():
            command("judge", name)
    for identifier in plan.figures():
        command("figure", identifier)
    for document in plan.configuration.documents:
        command("report", document)
