"""Equal arguments give equal tokens."""

from support import tsa

STAMP = tsa.token()


def test_the_same_arguments_give_the_same_token():
    assert tsa.token() == STAMP
