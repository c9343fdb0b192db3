"""Reconciliation: counters compared with the rows and the ledger that they are made from."""
