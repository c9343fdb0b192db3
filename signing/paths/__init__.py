"""Certification paths: whether a certificate is valid at a time, and how long that answer holds.

Others call `validation`, with trust material that `material` reads. `search` finds paths, `revocation` checks
revocation by `revocation_lists` (with `revocation_list_entries`) and `ocsp`, and `evaluation` judges each
path. RFC 5280, RFC 6960.
"""
