"""The real axis's own protocol, mounted at `/vxp`: systems built against it work unchanged."""
