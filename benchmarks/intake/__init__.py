"""Taking in anonymous answers: see `python -m benchmarks.intake --help`."""
