"""Webhooks: what concerns an agency, posted to an address of its own, in the ledger's order."""
