# in   data/{experiment}/S{stretch}.safetensors
# out  results/{experiment}/{model}/S{stretch}/weights.safetensors   W, b, loss history, snapshots of every instance
rule train:
    input:
        sets="data/{experiment}/S{stretch}.safetensors",
        provenance="data/{experiment}/S{stretch}.safetensors.json",
    output:
        weights="results/{experiment}/{model}/S{stretch}/weights.safetensors",
        provenance="results/{experiment}/{model}/S{stretch}/weights.safetensors.json",
    log:
        "logs/train/{experiment}/{model}/S{stretch}.log",
    benchmark:
        "logs/train/{experiment}/{model}/S{stretch}.tsv"
    priority: lambda w: plan.priority(w.experiment)
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda w, attempt: attempt * resources.train(plan, *w).mem_mb,
        runtime=lambda w, attempt: attempt * resources.train(plan, *w).runtime,
        gpu=lambda w: int(plan.engine(w.experiment, w.model) == "cuda"),
    params:
        stage=lambda w: marked(handed_over(plan, "train", *w)),
    message:
        "train     {wildcards.experiment}  {wildcards.model}  S{wildcards.stretch}"
    shell:
        "python -m superposition train {wildcards.experiment} {wildcards.model} {wildcards.stretch}"
        " --expect {params.stage[digest]} > {log:q} 2>&1"
