"""Signed-document rates, exchange figures and reconciliation: what an inspection asks."""
