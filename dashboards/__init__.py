"""What is shown: the app, the static page, the notebook. They read the published file and nothing else."""
