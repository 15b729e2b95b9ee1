# in   every figure's bundle, every cell's metrics, the shown cells' weights, the verdicts, the experiments' texts and
#      bibliographies, the templates; of the whole report or of one part
# out  report/{document}.md, report/{document}.html, report/{document}.pdf, report/.source/{document}.md   what they are
#      made from, report/{document}.json   their provenance
rule report:
    input:
        sources=lambda w: plan.of(w.document).report_sources(),
        figures=lambda w: [path for id in plan.of(w.document).figures() for path in plan.figure_files(id)],
        claims=lambda w: with_provenance(plan.of(w.document).every("claims", "table")),
        metrics=lambda w: with_provenance(plan.of(w.document).every("metrics")),
        weights=lambda w: with_provenance(plan.of(w.document).every("weights", hidden=False)),
    output:
        source="report/.source/{document}.md",
        markdown="report/{document}.md",
        page="report/{document}.html",
        pdf="report/{document}.pdf",
        provenance="report/{document}.json",
    log:
        "logs/report/{document}.log",
    benchmark:
        "logs/report/{document}.tsv"
    priority: lambda w: plan.document_priority(w.document)
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda w, attempt: attempt * resources.report(plan.of(w.document)).mem_mb,
        runtime=lambda w, attempt: attempt * resources.report(plan.of(w.document)).runtime,
    params:
        stage=lambda w: marked(reasons.expect(plan.stage("report", *w))),
    message:
        "report    {wildcards.document}"
    shell:
        "python -m superposition report {wildcards.document} --expect {params.stage[digest]} > {log:q} 2>&1"


# A target for every part of the report: snakemake --cores 4 article
for part in plan.configuration.parts:

    rule:
        name:
            part
        input:
            multiext(f"report/{part}", ".md", ".html", ".pdf"),
            plan.of(part).everything(),  # for the reason that rule all has
