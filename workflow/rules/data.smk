# out  data/{experiment}/S{stretch}.safetensors   train and test (dataset, sample, feature), one data set per seed
rule data:
    output:
        sets="data/{experiment}/S{stretch}.safetensors",
        provenance="data/{experiment}/S{stretch}.safetensors.json",
    log:
        "logs/data/{experiment}/S{stretch}.log",
    benchmark:
        "logs/data/{experiment}/S{stretch}.tsv"
    priority: lambda w: plan.priority(w.experiment)
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda w, attempt: attempt * resources.data(plan, *w).mem_mb,
        runtime=lambda w, attempt: attempt * resources.data(plan, *w).runtime,
    params:
        stage=lambda w: marked(handed_over(plan, "data", *w)),
    message:
        "data      {wildcards.experiment}  S{wildcards.stretch}"
    shell:
        "python -m superposition data {wildcards.experiment} {wildcards.stretch}"
        " --expect {params.stage[digest]} > {log:q} 2>&1"
