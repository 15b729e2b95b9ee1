# in   every cell's weights, matrices and metrics, every sparsity's data
# out  results/{experiment}/claims.json, claims.csv   each claim: quote, test, effect with interval, verdict, readings
rule judge:
    input:
        lambda w: with_provenance(path for kind in JUDGED for path in plan.products(w.experiment, kind)),
    output:
        claims="results/{experiment}/claims.json",
        claims_provenance="results/{experiment}/claims.json.json",
        table=report(
            "results/{experiment}/claims.csv",
            caption="../report/claims.rst",
            category="Claims",
            labels={"experiment": "{experiment}"},
        ),
        table_provenance="results/{experiment}/claims.csv.json",
    log:
        "logs/judge/{experiment}.log",
    benchmark:
        "logs/judge/{experiment}.tsv"
    priority: lambda w: plan.priority(w.experiment)
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda w, attempt: attempt * resources.judge(plan, *w).mem_mb,
        runtime=lambda w, attempt: attempt * resources.judge(plan, *w).runtime,
    params:
        stage=lambda w: Shown(marked(handed_over(plan, "judge", *w))),
    message:
        "judge     {wildcards.experiment}"
    shell:
        "python -m superposition judge {wildcards.experiment} --expect {params.stage[digest]} > {log:q} 2>&1"


# Prints the verdicts on every claim in the terminal.
rule verdicts:
    input:
        # With what they rest on, for the reason that rule all has.
        with_provenance(plan.of(WHOLE).every(*JUDGED, "claims")),
    log:
        "logs/verdicts.log",
    conda:
        "../../environment.yml"
    message:
        "verdicts"
    shell:
        "python -m superposition verdicts 2> {log:q}"
