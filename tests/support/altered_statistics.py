"""A hub that answers statistics as one that counted right, with chosen figures changed."""

from decimal import Decimal

from support.stub_hub import Say, stub_hub

from nodes.client import Client
from nodes.comparison import compare, expected
from nodes.planner import plan
from nodes.scenario_reader import find

PLAN = plan(find("task-force-2019"), Decimal("0.01"), 1)


def rows(changes=()):
    """What a hub would answer that counted right, with changes to some figures of some agencies."""
    signatures, exchange = [], []
    for code, figures in expected(PLAN).items():
        signatures.append(
            {
                "agency": code,
                "sent": figures.to_government_office,
                "signed": figures.signed,
                "both": figures.both,
            }
        )
        exchange.append(
            {"agency": code, "sent": figures.sent, "received": figures.received, "handled": figures.received,
             "pending": 0, "refused": 0, "withdrawn": 0}
        )  # fmt: skip
    for kind, code, name, difference in changes:
        found = signatures if kind == "signatures" else exchange
        next(row for row in found if row["agency"].endswith(code))[name] += difference
    return signatures, exchange


def result_of(*changes, faults=()):
    """What a comparison gives with such a hub, on which `faults` were injected and nothing was refused."""
    signatures, exchange = rows(changes)

    def answer(asked):
        if asked.path.startswith("/v1/refusals"):
            return Say(200, {"items": [], "next": None})
        items = signatures if asked.path.startswith("/v1/statistics/signatures") else exchange
        return Say(200, {"items": items, "definition": "Signed is what verified."})

    with stub_hub(otherwise=answer) as hub, Client(hub.url, "axis_a") as auditor:
        result = compare(auditor, PLAN, faults)
    period = "from=2019-03-12&to=2019-08-20&by=agency"
    assert {asked.path for asked in hub.asked} == {
        f"/v1/statistics/signatures?recipient=000.00.00.G22&{period}",
        f"/v1/statistics/exchange?{period}",
        "/v1/refusals?from=2019-03-12&to=2019-08-20",
    }
    return result
