# in   what the figure reads (experiment.yaml, figures.*.reads), of every cell of its experiment
# out  report/figures/{experiment}-{figure}/   figure.svg|pdf|png, data.csv, caption.md, alt.txt, cite.bib,
#      citation.txt, provenance.json
rule figure:
    input:
        lambda w: with_provenance(plan.figure_inputs(w.id)),
    output:
        [
            (
                report(
                    path,
                    caption="../report/figure.rst",
                    category="Figures",
                    subcategory=lambda w: plan.figures()[w.id][0],
                    labels={"figure": "{id}"},
                )
                if path.name == "figure.svg"
                else path
            )
            for path in plan.figure_files("{id}")
        ],
    log:
        "logs/figure/{id}.log",
    benchmark:
        "logs/figure/{id}.tsv"
    priority: lambda w: plan.priority(plan.figures()[w.id][0])
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda w, attempt: attempt * resources.figure(plan, *w).mem_mb,
        runtime=lambda w, attempt: attempt * resources.figure(plan, *w).runtime,
    params:
        stage=lambda w: Shown(marked(handed_over(plan, "figure", *w))),
        caption=lambda w, output: plain_caption(w.id),  # for snakemake --report; taking output, it makes nothing stale
    message:
        "figure    {wildcards.id}"
    shell:
        "python -m superposition figure {wildcards.id} --expect {params.stage[digest]} > {log:q} 2>&1"
