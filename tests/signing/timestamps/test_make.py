"""Equal arguments give equal tokens."""

from support import stamping

STAMP = stamping.token()


def test_the_same_arguments_give_the_same_token():
    assert stamping.token() == STAMP
