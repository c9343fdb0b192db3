"""What is trusted: anchors, registered certificates, sources of revocation data, kept material."""
