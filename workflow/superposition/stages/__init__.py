"""One module per stage of the pipeline: it turns settings and input files into products."""
