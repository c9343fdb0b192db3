"""What goes wrong on purpose: faults that a scenario asks for, and what the hub must do about each.

- `catalogue`: every fault, with what it does and its documented outcome
- `planning`: who is struck on which day, from the seed
- `injection_context`: what an injection works with, and how it words what it saw
- `document_faults`: faults of documents and callers
- `network_faults`: faults of connections, by `fault_proxy`, a TCP proxy between agency and hub
- `service_faults`: faults of the hub's services, by its own sandbox
- `injection`: carries a day's faults out
"""
