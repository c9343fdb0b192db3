"""The language of both sides: agency codes, manifests, statuses, and the errors that refuse them.

It is pure: it reads no clock, network, disk or settings. Bytes go in; values and errors come out.
"""
