"""What `axis bench` measures: ratios within one run on one machine, never absolute promises.

`docs/benchmarks.md` keeps the figures with their conditions.
"""
