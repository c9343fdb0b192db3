"""What goes wrong on purpose: faults that a scenario asks for, and what the hub must do about each.

- `catalogue`: every fault, with what it does and its documented outcome
- `planning`: who is struck on which day, from the seed
- `scene`: what an injection works with, and how it words what it saw
- `documents`: faults of documents and callers
- `wire`: faults of connections, by `proxy`, a TCP proxy between agency and hub
- `services`: faults of the hub's services, by its own sandbox
- `injection`: carries a day's faults out
"""
