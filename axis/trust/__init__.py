"""What the hub trusts: anchors, registered certificates, revocation data; and verdicts' kept material."""
