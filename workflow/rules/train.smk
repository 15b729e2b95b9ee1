# in   data/{experiment}/S{sparsity}.safetensors
# out  results/{experiment}/{model}/S{sparsity}/weights.safetensors   W, b, loss history, snapshots of every instance
rule train:
    input:
        sets="data/{experiment}/S{sparsity}.safetensors",
        provenance="data/{experiment}/S{sparsity}.safetensors.json",
    output:
        weights="results/{experiment}/{model}/S{sparsity}/weights.safetensors",
        provenance="results/{experiment}/{model}/S{sparsity}/weights.safetensors.json",
    log:
        "logs/train/{experiment}/{model}/S{sparsity}.log",
    benchmark:
        "logs/train/{experiment}/{model}/S{sparsity}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda w, attempt: attempt * sizes.train(plan, *w).mem_mb,
        runtime=lambda w, attempt: attempt * sizes.train(plan, *w).runtime,
    params:
        stage=lambda w: plan.train(w.experiment, w.model, w.sparsity),
    message:
        "train     {wildcards.experiment}  {wildcards.model}  S{wildcards.sparsity}"
    shell:
        "python -m superposition train {wildcards.experiment} {wildcards.model} {wildcards.sparsity}"
        " --expect {params.stage[digest]} > {log:q} 2>&1"
