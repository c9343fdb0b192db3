"""Compares pairs of agencies that a relay stands between: what the plan says, and what each hub counts.

`BothHubs` asks two hubs as one, each agency where it is served, for the comparisons that know one hub.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from nodes.answers import Json, Page
from nodes.client import Client
from nodes.planner import Plan, PlannedDocument

_OUTCOMES = ("addressed", "handled", "pending", "refused", "withdrawn")


class BothHubs(Client):
    """An auditor of two hubs, who asks each for the agencies that it serves."""

    def __init__(self, national: tuple[str, str], province: tuple[str, str], codes: frozenset[str]) -> None:
        """Take address and token of each hub; `codes` are the province's."""
        super().__init__(*national)
        self.national, self.province, self.codes = Client(*national), Client(*province), codes

    def close(self) -> None:
        """Close the connections."""
        for client in (self.national, self.province):
            client.close()
        super().close()

    def statistics(self, kind: str, **query: str | int | None) -> Json:
        """Ask both; of rows by agency each hub's own count, of one sender that of the hub that serves it."""
        if (sender := query.get("sender")) is not None:
            return (self.province if sender in self.codes else self.national).statistics(kind, **query)
        told = [each.statistics(kind, **query) for each in (self.national, self.province)]
        items = [
            row
            for place, each in enumerate(told)
            for row in each["items"]
            if "agency" not in row or (row["agency"] in self.codes) == bool(place)
        ]
        return {**told[0], "items": items}

    def refusals(self, **filters: str | int | None) -> Page[Json]:
        """List those of both, all on one page."""
        items: list[Json] = []
        for client in (self.national, self.province):
            page = client.refusals(**filters)
            items += page.items
            while page.next is not None:
                page = client.refusals(**{**filters, "after": page.next})
                items += page.items
        return Page(tuple(items), None)


@dataclass(frozen=True, slots=True)
class PairResult:
    """What one agency sent to another, which the other hub serves."""

    sender: str
    recipient: str
    expected: tuple[int, int]
    """Documents, and how many of them the organisation signed."""
    national: Mapping[str, int]
    province: Mapping[str, int]

    @property
    def met(self) -> bool:
        """Both hubs counted what was planned, and the same of what became of it."""
        counted = (self.national["addressed"], self.national["signed"])
        return self.expected == counted and self.national == self.province


@dataclass(frozen=True, slots=True)
class WayResult:
    """One document as each hub shows it: signature, verdict and statuses."""

    sender: str
    number: str
    recipients: tuple[str, ...]
    """Those whom both hubs show: the other hub than the sender's serves them."""
    national: Json
    province: Json

    @property
    def met(self) -> bool:
        """Both hubs have the same signed bytes, the same verdict and the same statuses."""
        return self.national == self.province


@dataclass(frozen=True, slots=True)
class TwoHubsResult:
    """What two hubs say of what went through both."""

    pairs: tuple[PairResult, ...]
    ways: tuple[WayResult, ...]
    """Every document that went through both."""

    @property
    def met(self) -> bool:
        """All pairs and documents agree."""
        return all(pair.met for pair in self.pairs) and all(way.met for way in self.ways)

    def told(self) -> dict[str, Any]:
        """Return JSON values: all pairs, and the first document of several recipients as an example."""
        return {
            "met": self.met,
            "pairs": [asdict(each) | {"met": each.met} for each in self.pairs],
            "documents": len(self.ways),
            "differing": [f"{each.sender} {each.number}" for each in self.ways if not each.met],
            "example": asdict(self.ways[0]) if self.ways else None,
        }


def compare_hubs(auditor: BothHubs, plan: Plan) -> TwoHubsResult:
    """Compare each pair, and each document that went through both hubs."""
    crossing = [(document, _over(document, auditor.codes)) for document in plan.documents]
    crossing = [(document, over) for document, over in crossing if over]
    wanted: dict[tuple[str, str], list[int]] = {}
    for document, over in crossing:
        for recipient in over:
            counts = wanted.setdefault((document.sender, recipient), [0, 0])
            if document.action != "recall":  # counts nowhere
                counts[0] += 1
                counts[1] += document.signed_by in {"organisation", "both"}
    for fault in plan.faults:
        pair = (fault.sender, fault.recipient)
        if (fault.sender in auditor.codes) != (fault.recipient in auditor.codes):
            wanted.pop(pair, None)  # what its documents count as is each fault's own
    pairs = sorted(pair for pair, counts in wanted.items() if counts[0])
    days = {"from_": plan.scenario.first.isoformat(), "to": plan.scenario.last.isoformat(), "by": "agency"}
    found = [_counted(client, pairs, days) for client in (auditor.national, auditor.province)]
    return TwoHubsResult(
        tuple(
            PairResult(*pair, (wanted[pair][0], wanted[pair][1]), found[0][pair], found[1][pair])
            for pair in pairs
        ),
        _ways(auditor, crossing, days),
    )


def _over(document: PlannedDocument, codes: frozenset[str]) -> tuple[str, ...]:
    """Return the recipients whom another hub serves than the sender's."""
    return tuple(code for code in document.recipients if (code in codes) != (document.sender in codes))


def _counted(
    client: Client, pairs: Iterable[tuple[str, str]], days: Mapping[str, str]
) -> dict[tuple[str, str], dict[str, int]]:
    """Ask one hub for its counts of pairs."""
    known: dict[tuple[str, str], dict[str, Json]] = {}

    def rows(kind: str, end: str, code: str) -> dict[str, Json]:
        if (kind, code) not in known:
            items = client.statistics(kind, **days, **{end: code})["items"]
            known[kind, code] = {row["agency"]: row for row in items}
        return known[kind, code]

    found = {}
    for sender, recipient in pairs:
        exchanged = rows("exchange", "sender", sender).get(recipient, {})
        counts = {name: exchanged.get("received" if name == "addressed" else name, 0) for name in _OUTCOMES}
        signed = rows("signatures", "recipient", recipient).get(sender, {})
        found[sender, recipient] = counts | {"signed": signed.get("signed", 0)}
    return found


def _ways(
    auditor: BothHubs, crossing: Iterable[tuple[PlannedDocument, tuple[str, ...]]], days: Mapping[str, str]
) -> tuple[WayResult, ...]:
    """Look up every document that the hubs have in common, at both."""
    period = {name: days[name] for name in ("from_", "to")}
    ways = []
    senders = sorted({(document.sender, over) for document, over in crossing})
    over_of: dict[str, set[str]] = {}
    for sender, over in senders:
        over_of.setdefault(sender, set()).update(over)
    for sender, named in sorted(over_of.items()):
        here, there = (
            _shown(client, sender, frozenset(named), period)
            for client in (auditor.national, auditor.province)
        )
        for number in sorted(here.keys() | there.keys()):
            one, other = here.get(number, {}), there.get(number, {})
            shown = tuple(sorted({*one.get("statuses", {}), *other.get("statuses", {})}))
            if shown and not number.endswith("-SC"):  # letters of faults are judged by their own outcomes
                ways.append(WayResult(sender, number, shown, one, other))
    return tuple(sorted(ways, key=lambda way: -len(way.recipients)))


def _shown(client: Client, sender: str, over: frozenset[str], period: Mapping[str, str]) -> dict[str, Json]:
    """Return what a hub shows of a sender's documents: digest, verdict, statuses of deliveries to `over`."""
    shown: dict[str, Json] = {}
    after: str | None = None
    while True:
        page = client.documents(sender=sender, after=after, **period)
        for item in page.items:
            document = client.document(item["id"])
            statuses = {
                each["to"]: [status["code"] for status in client.delivery(each["id"])["statuses"]]
                for each in document["deliveries"]
                if each["to"] in over
            }
            shown[item["number"]] = {
                "manifest_sha256": document["manifest_sha256"],
                "indication": item["indication"],
                "signed_by": item["signed_by"],
                "statuses": statuses,
            }
        after = page.next
        if after is None:
            return shown
