# in   data/{experiment}/S{stretch}.safetensors, results/{experiment}/{model}/S{stretch}/weights.safetensors
# out  results/{experiment}/{model}/S{stretch}/matrices.safetensors   WᵀW, norms, dimensionality, errors, ...
#      results/{experiment}/{model}/S{stretch}/metrics.csv            one row per instance
rule extract:
    input:
        sets="data/{experiment}/S{stretch}.safetensors",
        sets_provenance="data/{experiment}/S{stretch}.safetensors.json",
        weights="results/{experiment}/{model}/S{stretch}/weights.safetensors",
        weights_provenance="results/{experiment}/{model}/S{stretch}/weights.safetensors.json",
    output:
        matrices="results/{experiment}/{model}/S{stretch}/matrices.safetensors",
        matrices_provenance="results/{experiment}/{model}/S{stretch}/matrices.safetensors.json",
        metrics=report(
            "results/{experiment}/{model}/S{stretch}/metrics.csv",
            caption="../report/metrics.rst",
            category="Metrics",
            subcategory="{experiment}",
            labels={"model": "{model}", "sparsity": "{stretch}"},
        ),
        metrics_provenance="results/{experiment}/{model}/S{stretch}/metrics.csv.json",
    log:
        "logs/extract/{experiment}/{model}/S{stretch}.log",
    benchmark:
        "logs/extract/{experiment}/{model}/S{stretch}.tsv"
    priority: lambda w: plan.priority(w.experiment)
    conda:
        "../../environment.yml"
    resources:
        mem_mb=lambda w, attempt: attempt * resources.extract(plan, *w).mem_mb,
        runtime=lambda w, attempt: attempt * resources.extract(plan, *w).runtime,
    params:
        stage=lambda w: Shown(marked(handed_over(plan, "extract", *w))),
    message:
        "extract   {wildcards.experiment}  {wildcards.model}  S{wildcards.stretch}"
    shell:
        "python -m superposition extract {wildcards.experiment} {wildcards.model} {wildcards.stretch}"
        " --expect {params.stage[digest]} > {log:q} 2>&1"
