# out  data/{experiment}/S{sparsity}.safetensors   train and test (dataset, sample, feature), one data set per seed
rule data:
    output:
        sets="data/{experiment}/S{sparsity}.safetensors",
        provenance="data/{experiment}/S{sparsity}.safetensors.json",
    log:
        "logs/data/{experiment}/S{sparsity}.log",
    benchmark:
        "logs/data/{experiment}/S{sparsity}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda w, attempt: attempt * sizes.data(plan, *w).mem_mb,
        runtime=lambda w, attempt: attempt * sizes.data(plan, *w).runtime,
    params:
        stage=lambda w: plan.data(w.experiment, w.sparsity),
    message:
        "data      {wildcards.experiment}  S{wildcards.sparsity}"
    shell:
        "python -m superposition data {wildcards.experiment} {wildcards.sparsity}"
        " --expect {params.stage[digest]} > {log:q} 2>&1"
