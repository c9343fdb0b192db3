"""How an agency gets a system: secret, row and queue together."""

import os
import re

import pytest
from support.exchange import A, B, Exchange, speaking_for

from axis.agencies.systems import PURPOSE, SystemExistsError, live_system
from axis.database.secret_key import SecretKey
from axis.deliveries.queues import count_open
from axis.deliveries.system_setup import join

NOW = 1_000_000
KEY = SecretKey(os.urandom(32))


def test_the_secret_that_is_returned_is_the_one_the_store_keeps_encrypted(exchange: Exchange) -> None:
    secret = exchange.database.write(lambda tx: join(tx, KEY, A, may_register=True, real_now=NOW))
    with exchange.database.read() as tx:
        system = live_system(tx, A)
    assert system is not None
    assert system.may_register
    assert secret.encode() not in system.secret
    assert KEY.decrypt(system.secret, PURPOSE) == secret.encode()
    assert re.fullmatch(r"[0-9a-f]{64}", secret)


def test_what_came_before_it_joined_waits_in_its_queue(exchange: Exchange) -> None:
    exchange.send(to=(B,))
    exchange.database.write(lambda tx: join(tx, KEY, B, real_now=NOW))
    with exchange.database.read() as tx:
        assert count_open(tx, speaking_for(B, subtree=True), "edoc") == 1


def test_a_second_system_is_refused_and_the_first_goes_on(exchange: Exchange) -> None:
    secret = exchange.database.write(lambda tx: join(tx, KEY, A, real_now=NOW))
    with pytest.raises(SystemExistsError):
        exchange.database.write(lambda tx: join(tx, KEY, A, real_now=NOW))
    with exchange.database.read() as tx:
        system = live_system(tx, A)
    assert system is not None
    assert KEY.decrypt(system.secret, PURPOSE) == secret.encode()
