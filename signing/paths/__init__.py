"""Certification paths: whether a certificate is valid at a time, and how long that answer holds.

- `validation`: the way in, with trust material that `material` reads (from certificates by `asn1`)
- `search`: finds paths, by the links that `signatures` verifies
- `evaluation`: judges each path, in the `context` that the library needs and by the policy's `algorithms`
- `revocation`: checks revocation by `revocation_lists` (with `revocation_list_entries`) and `ocsp`

RFC 5280, RFC 6960.
"""
