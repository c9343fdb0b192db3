"""Lays out what two hubs say of what went through both, for the terminal and for the report's page."""

from collections.abc import Sequence

from nodes.known_agencies import agency
from nodes.pair_comparison import TwoHubsResult

Row = tuple[str, ...]

HEADS: Row = (
    "sender",
    "recipient",
    "documents",
    "",
    "",
    "signed",
    "",
    "",
    "handled",
    "refused",
    "withdrawn",
    "",
)


def pair_rows(result: TwoHubsResult) -> list[Row]:
    """Return a row for each pair: expected, national hub, province's hub."""
    return [
        (
            agency(each.sender).place,
            agency(each.recipient).place,
            str(each.expected[0]),
            str(each.national["addressed"]),
            str(each.province["addressed"]),
            str(each.expected[1]),
            str(each.national["signed"]),
            str(each.province["signed"]),
            *(
                f"{each.national[name]} / {each.province[name]}"
                for name in ("handled", "refused", "withdrawn")
            ),
            "met" if each.met else "MISSED",
        )
        for each in result.pairs
    ]


def told(result: TwoHubsResult) -> Sequence[str]:
    """Say in lines what went through both hubs, with one document as an example."""
    differing = [each for each in result.ways if not each.met]
    pairs = sum(not each.met for each in result.pairs)
    lines = [
        f"{len(result.ways)} documents went through both hubs, national and province's.",
        f"{len(differing)} of them have other bytes, another verdict or other statuses at one.",
        f"{len(result.pairs)} pairs of agencies have the relay between them; {pairs} are counted otherwise.",
        *(f"MISSED {each.sender} {each.number}" for each in differing),
    ]
    if result.ways:
        way = result.ways[0]
        lines.append(f"One of them: {way.number} of {agency(way.sender).name}")
        for name, shown in (("national hub", way.national), ("province's hub", way.province)):
            if shown:
                statuses = "; ".join(
                    f"{agency(code).place} {' '.join(codes) or 'none'}"
                    for code, codes in sorted(shown["statuses"].items())
                )
                verdict = shown["indication"] or "not signed"
                lines.append(
                    f"  {name}: SHA-256 {shown['manifest_sha256'][:16]}…, {verdict}, {shown['signed_by']}; "
                    f"statuses: {statuses}"
                )
    return lines
