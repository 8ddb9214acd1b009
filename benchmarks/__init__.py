"""Measurements of the market, each a program of its own: `python -m benchmarks.<name>`."""
