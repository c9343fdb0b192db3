"""Forty days in which three agencies send, answer, recall and are judged again, by chance."""

import contextlib
import random

from support.exchange import MONDAY, A, B, C, Exchange

from axis.compliance.new_verdicts import NewVerdict, record_verdicts
from axis.protocol.errors import AxisError
from signing.verdict import DocumentVerdict, Indication

DAY = 24 * 3600 * 1_000_000
CLASSES = ("both", "organisation", "person", "indeterminate", "failed", "unsigned")
TYPES = ("cong-van", "bao-cao", "quyet-dinh")


def history(exchange: Exchange, seed: int) -> None:
    """Let agencies send, answer, recall and be judged again, by chance."""
    chance = random.Random(seed)
    sent = []
    for day in range(40):
        exchange.clock.at = MONDAY + day * DAY
        for _ in range(chance.randrange(4)):
            sender, *others = chance.sample([A, B, C], 3)
            to = others[: chance.randint(1, 2)]
            new = exchange.send(sender, to, signed=chance.choice(CLASSES), type=chance.choice(TYPES))
            sent.append((new, sender, to))
        if sent and chance.random() < 0.4:
            new, sender, to = chance.choice([each for each in sent if each[1] == A] or sent)
            if sender == A:
                with contextlib.suppress(AxisError):  # an earlier request may wait
                    exchange.ask(chance.choice(["recall", "update", "replace"]), new, to=to)
        for _ in range(chance.randrange(6) if sent else 0):
            new, sender, to = chance.choice(sent)
            place = chance.randrange(len(to))
            agency, code = chance.choice(
                [(to[place], c) for c in ("01", "02", "03", "06", "15", "16")] + [(sender, "13")]
            )
            with contextlib.suppress(AxisError):  # it may not follow
                exchange.give(agency, new.delivery(place), code, "lý do")
        judge_again(exchange, chance, [new for new, _, _ in sent])
    withdrawn = exchange.send(A, (B,))
    exchange.ask("recall", withdrawn)
    exchange.give(B, withdrawn.delivery(), "15", "đồng ý")


def judge_again(exchange: Exchange, chance: random.Random, sent) -> None:
    if sent and chance.random() < 0.3:
        verdict = DocumentVerdict(Indication.TOTAL_PASSED, None, "organisation", (), "test-policy", "00" * 32)
        new = NewVerdict(chance.choice(sent).position, verdict)
        exchange.recorder.record(record_verdicts, new).result()
