"""One module per training engine: `train(instances, data, progress)` turns instances into weights and losses."""
