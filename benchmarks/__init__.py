"""Measurements, each repeatable by one command: `python -m benchmarks` names them."""
