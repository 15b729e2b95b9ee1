# in   what the figure reads (experiment.yaml, figures.*.reads), of every cell of its experiment
# out  report/figures/{experiment}-{figure}/   figure.svg|pdf|png, data.csv, caption.md, alt.txt, provenance.json
rule figure:
    input:
        lambda w: with_provenance(plan.figure_inputs(w.id)),
    output:
        plan.figure_files("{id}"),
    log:
        "logs/figure/{id}.log",
    benchmark:
        "logs/figure/{id}.tsv"
    conda:
        "../../environment.yml"
    params:
        stage=lambda w: plan.figure(w.id),
    message:
        "figure    {wildcards.id}"
    shell:
        "python -m superposition figure {wildcards.id} --expect {params.stage[digest]} > {log:q} 2>&1"
