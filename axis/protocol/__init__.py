"""The language of both sides: agency codes, manifests, statuses, and the errors that refuse them.

It is pure: bytes go in, values and errors come out.
"""
