# Published claims about superposition, from data to document: snakemake --cores 4
import json
import os
import sys

from snakemake.logging import logger
from snakemake.utils import min_version

min_version("9.27")
LIBRARY = os.path.join(workflow.basedir, "workflow")
sys.path.insert(0, LIBRARY)
# Jobs run this checkout's library, whichever one is installed, under the configuration of Snakemake's command line.
os.environ.update(PYTHONPATH=LIBRARY, SUPERPOSITION_SET=json.dumps(config))
# And by the interpreter that runs Snakemake, also where its environment is not activated: .venv/bin/snakemake.
PYTHON, PATH = os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)
if PYTHON not in PATH.split(os.pathsep):
    os.environ.update(PATH=PYTHON + os.pathsep + PATH)

from superposition.pipeline import handover, kept, reasons, resources
from superposition.pipeline.handover import handed_over
from superposition.pipeline.leftovers import begin_run
from superposition.pipeline.marks import marked
from superposition.pipeline.plan import load_plan
from superposition.pipeline.runs import RUN
from superposition.pipeline.snakemake_report import Shown, plain_caption
from superposition.report import preflight
from superposition.store.errors import UserError
from superposition.store.paths import JUDGED, WHOLE, with_provenance
from superposition.train import gpu
from superposition.verify import contents

# Jobs take the engine that this process finds, also on a node with a GPU where the login node has none.
os.environ[gpu.GIVEN] = str(int(gpu.present()))

handover.sources()  # as they are before the plan is made of them
try:
    plan = load_plan(config)
    if not workflow.is_main_process:  # but a cluster's job, which outlives the run
        os.environ.pop(RUN, None)
    else:
        preflight.check(plan)
        handover.clear()
        if said := begin_run():
            logger.info(said)
        if plan.configuration.trust == "content":
            contents.settle(plan, lasting=not workflow.output_settings.dryrun)
        if not workflow.output_settings.dryrun:
            end_keeping = kept.keep(plan.shown(), workflow)
except UserError as error:
    sys.exit(f"error: {error}")


onerror:
    if workflow.is_main_process and (said := end_keeping()):
        logger.info(said)


localrules:
    verdicts,  # it prints in the terminal


include: "workflow/rules/data.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/extract.smk"
include: "workflow/rules/judge.smk"
include: "workflow/rules/figure.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        # The parts' own documents too: the first is there to be read while the rest is still being made.
        plan.of(WHOLE).documents(),
        # What they rest on: Snakemake does not miss what an interrupted job took away while all that follows is there.
        plan.of(WHOLE).everything(),


# Those parts too that are documents of their own alone.
rule everything:
    input:
        plan.documents(),
        plan.everything(),


wildcard_constraints:
    document="|".join(plan.configuration.documents),
    experiment="[a-z0-9-]+",
    model="[a-z0-9-]+",
    stretch="0(\\.[0-9]+)?(-0(\\.[0-9]+)?)?",  # a sparsity, or the first and the last of several
    id="[a-z0-9-]+",
