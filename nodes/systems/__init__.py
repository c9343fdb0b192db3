"""The axis's neighbours: systems with a register of their own that exchange typed messages over the axis.

How to add one: docs/neighbours/README.md. A `System` (`system`) names its kinds of messages, the tables of
its register and its step; `catalogue` lists them, `running` takes them through a simulation.
"""
