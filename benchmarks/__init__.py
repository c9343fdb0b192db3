"""What `axis bench` measures: ratios within one run on one machine.

docs/benchmarks.md keeps the figures with their conditions.
"""
