"""Certification paths: whether a certificate can be believed at a time, and how long that answer holds.

`validation` is what others call, with what `material` read; `search` finds paths; `revocation` asks `lists`
(by their `entries`) and `ocsp` whether a certificate on one was revoked; `evaluation` concludes. RFC 5280,
RFC 6960.
"""
