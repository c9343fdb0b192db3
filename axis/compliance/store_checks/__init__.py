"""The checks of `axis fsck`: rows against leaves, contents against digests, and rows against each other.

The ledger's own check is in `axis.ledger.tree_checks`.
"""
