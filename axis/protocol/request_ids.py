"""The form that a request id given by a caller may have."""

REQUEST_ID_PATTERN = r"^[A-Za-z0-9._-]{1,64}$"
"""A request's id, a caller's own too."""
