"""What was accepted and what was refused: manifests, attachments, verdicts; reading and searching them."""
