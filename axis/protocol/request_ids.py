"""The ids of requests: which form a caller's own may have."""

REQUEST_ID_PATTERN = r"^[A-Za-z0-9._-]{1,64}$"
"""A request's id, a caller's own too."""
