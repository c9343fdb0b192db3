"""The language both sides speak: agency codes, manifests, statuses and the errors that refuse them.

It touches no clock, network, disk or settings: bytes go in, values and errors come out.
"""
