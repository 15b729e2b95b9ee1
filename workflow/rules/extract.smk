# in   data/{experiment}/S{sparsity}.safetensors, results/{experiment}/{model}/S{sparsity}/weights.safetensors
# out  results/{experiment}/{model}/S{sparsity}/matrices.safetensors   WᵀW, norms, dimensionality, errors, ...
#      results/{experiment}/{model}/S{sparsity}/metrics.csv            one row per instance
rule extract:
    input:
        sets="data/{experiment}/S{sparsity}.safetensors",
        sets_provenance="data/{experiment}/S{sparsity}.safetensors.json",
        weights="results/{experiment}/{model}/S{sparsity}/weights.safetensors",
        weights_provenance="results/{experiment}/{model}/S{sparsity}/weights.safetensors.json",
    output:
        matrices="results/{experiment}/{model}/S{sparsity}/matrices.safetensors",
        matrices_provenance="results/{experiment}/{model}/S{sparsity}/matrices.safetensors.json",
        metrics=report(
            "results/{experiment}/{model}/S{sparsity}/metrics.csv",
            caption="../report/metrics.rst",
            category="Metrics",
            subcategory="{experiment}",
            labels={"model": "{model}", "sparsity": "{sparsity}"},
        ),
        metrics_provenance="results/{experiment}/{model}/S{sparsity}/metrics.csv.json",
    log:
        "logs/extract/{experiment}/{model}/S{sparsity}.log",
    benchmark:
        "logs/extract/{experiment}/{model}/S{sparsity}.tsv"
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda w, attempt: attempt * sizes.extract(plan, *w).mem_mb,
        runtime=lambda w, attempt: attempt * sizes.extract(plan, *w).runtime,
    params:
        stage=lambda w: Shown(plan.extract(w.experiment, w.model, w.sparsity)),
    message:
        "extract   {wildcards.experiment}  {wildcards.model}  S{wildcards.sparsity}"
    shell:
        "python -m superposition extract {wildcards.experiment} {wildcards.model} {wildcards.sparsity}"
        " --expect {params.stage[digest]} > {log:q} 2>&1"
