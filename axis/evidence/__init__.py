"""Proofs of a document that are checked offline, without the hub: its receipt, and its evidence archive."""
