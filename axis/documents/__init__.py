"""Accepted documents and refusals: manifests, attachments, verdicts; reading and searching them."""
