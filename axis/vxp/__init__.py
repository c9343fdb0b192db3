"""The real axis's own wire protocol, in front of intake and deliveries."""
