"""Errors of `signing` carry a code and parameters."""

from signing.errors import (
    SigningError,
    UnreadableCertificate,
)


def test_errors_carry_a_code_and_their_parameters():
    error = UnreadableCertificate(size=5, limit=4)
    assert (error.code, error.params) == ("unreadable-certificate", {"size": 5, "limit": 4})
    assert "size=5" in str(error)
    kinds = SigningError.__subclasses__()
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(kind.__doc__ for kind in kinds)
