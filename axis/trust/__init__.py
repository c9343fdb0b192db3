"""What signatures are judged by: trust anchors, agencies' certificates, revocation data, standing policy."""
