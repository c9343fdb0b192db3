"""Statistics, targets, reports, certificates in use, reconciliation, checks of the store, and judging again.

`verifications` judges under what an auditor supposes, and keeps the outcomes apart.
"""
