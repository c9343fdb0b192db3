"""Signatures in ASiC containers, OpenDocument files and S/MIME messages.

`signed_archives` reads ZIP archives, with `archive`, `asic_manifest`, `unsigned_files` and `packages`;
`messages` reads e-mail, with `mime`. `findings` has their results, `judging` judges these. ETSI EN 319 162-1,
RFC 8551.
"""
