"""Traffic at random over an exchange without HTTP: every kind of document, verdict and answer."""

import random

from support.exchange import MONDAY, VERDICTS, A, B, C, Exchange

from axis.clock import Microseconds
from axis.protocol.errors import AxisError


def live_a_little(exchange: Exchange, seed: int) -> None:
    """Send documents of every kind and answer them at random."""
    rng, before = random.Random(seed), exchange.clock.at
    sent = []
    for _ in range(30):
        sender = rng.choice((A, A, B))
        to = rng.sample([code for code in (A, B, C) if code != sender], rng.randint(1, 2))
        at = MONDAY + rng.randint(0, 60) * 24 * 3600 * 1_000_000
        sent.append((sender, to, exchange.send(sender, to, signed=rng.choice(list(VERDICTS)), at=at)))
        exchange.clock.at = Microseconds(at + rng.randint(0, 72) * 3600 * 1_000_000)
        for _ in range(4):
            sender, to, document = rng.choice(sent)
            ordinal = rng.randrange(len(to))
            code = rng.choice(("01", "02", "03", "04", "05", "06", "13", "15", "16"))
            try:
                exchange.give(
                    sender if code == "13" else to[ordinal], document.delivery(ordinal), code, "lý do"
                )
            except AxisError:
                continue
        exchange.clock.at = before
        if rng.random() < 0.3 and sender == A:
            try:
                exchange.ask(rng.choice(("recall", "update", "replace")), document)
            except AxisError:
                continue
