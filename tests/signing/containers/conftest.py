"""Messages that openssl signed."""

import pytest
from support.containers import MAIL_TEXT, mail


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """A function that makes a message by openssl's options."""
    folder = tmp_path_factory.mktemp("mail")
    return lambda *options, text=MAIL_TEXT: mail(folder, text, *options)


@pytest.fixture(scope="module")
def detached(make):
    """A message whose signature is a part of its own."""
    return make("-text")
