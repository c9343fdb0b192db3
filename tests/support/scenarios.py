"""A small scenario for tests of runs: two agencies, two days and two faults."""

SCENARIO = """
name = "three"
[period]
from = 2019-06-03
to = 2019-06-04
[[agency]]
code = "H62"
documents = 5
share = 0.4
[[agency]]
code = "H23"
documents = 2
[volume]
received_at_least = 4
[[fault]]
name = "altered-manifest"
[[fault]]
name = "unsigned"
"""
