# in   every figure's bundle, every cell's metrics, the shown cells' weights, the verdicts, the experiments' texts and
#      bibliographies, the templates
# out  report/report.md, report/report.html, report/report.pdf, report/provenance.json
rule report:
    input:
        sources=plan.report_sources(),
        figures=[path for id in plan.figures() for path in plan.figure_files(id)],
        claims=with_provenance(path for name in plan.judged() for path in plan.products(name, "claims")),
        metrics=[path for name in plan.experiments for path in with_provenance(plan.products(name, "metrics"))],
        weights=[
            path for name in plan.experiments for path in with_provenance(plan.products(name, "weights", hidden=False))
        ],
    output:
        markdown="report/report.md",
        page="report/report.html",
        pdf="report/report.pdf",
        provenance="report/provenance.json",
    log:
        "logs/report.log",
    benchmark:
        "logs/report.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda w, attempt: attempt * sizes.report(plan).mem_mb,
        runtime=lambda w, attempt: attempt * sizes.report(plan).runtime,
    params:
        stage=plan.report(),
    message:
        "report"
    shell:
        "python -m superposition report --expect {params.stage[digest]} > {log:q} 2>&1"
