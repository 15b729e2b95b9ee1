# Published claims about superposition, from data to document: snakemake --cores 4
import json
import os
import sys

from snakemake.utils import min_version

min_version("9.27")
LIBRARY = os.path.join(workflow.basedir, "workflow")
sys.path.insert(0, LIBRARY)
# Jobs run this checkout's library, whichever one is installed, under the configuration of Snakemake's command line.
os.environ.update(PYTHONPATH=LIBRARY, SUPERPOSITION_SET=json.dumps(config))

from superposition import sizes
from superposition.annotations import Shown, plain_caption
from superposition.errors import UserError
from superposition.plan import load_plan
from superposition.products import JUDGED, with_provenance

try:
    plan = load_plan(config)
except UserError as error:
    sys.exit(f"error: {error}")


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
        "report/report.md",
        "report/report.html",
        "report/report.pdf",


wildcard_constraints:
    experiment="[a-z0-9-]+",
    model="[a-z0-9-]+",
    sparsity="0(\\.[0-9]+)?",
    id="[a-z0-9-]+",
