"""What signatures are judged by: trust anchors, agencies' certificates, revocation data and the standing policy."""
