"""What the hub trusts: anchors, registered certificates and revocation data; and what verdicts rested on."""
