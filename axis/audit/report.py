"""An audit's outcome for people: as lines of text, and as a page of HTML.

Names come from the hub: control characters are made visible, and the page escapes markup.
"""

from collections.abc import Iterator
from datetime import datetime

from axis.audit.procedure import Outcome, Visit
from axis.audit.recount import VIET_NAM
from axis.audit.sentences import LABELS, Language, sentence
from signing.pages.formats import printable
from signing.pages.standalone import SIGNS, apart, escaped, facts_list, scrolling_table, standalone_page


def text(outcome: Outcome, language: Language) -> str:
    """Return the sentence, what was looked at, and a table of what differs."""
    labels = LABELS[language]
    lines = [printable(sentence(outcome, language)), ""]
    lines += [f"{name}: {printable(value)}" for name, value in _facts(outcome, language)]
    if outcome.findings.named:
        rows = [
            tuple(labels[name] for name in ("kind", "where", "found", "expected")),
            *_rows(outcome, language),
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        lines += ["", f"{labels['differences']} ({outcome.findings.total}):"]
        lines += [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        if outcome.findings.total > len(outcome.findings.named):
            lines.append(f"… {labels['more']}")
    return "\n".join(lines)


def page(outcome: Outcome, language: Language, at: datetime) -> str:
    """Return a page of HTML of all there is; `at` is when the audit ended."""
    labels = LABELS[language]
    word = "TOTAL-PASSED" if outcome.is_true else "TOTAL-FAILED"
    made = at.astimezone(VIET_NAM).strftime("%Y-%m-%d %H:%M:%S +07:00")
    facts = facts_list(
        (name, apart(value)) for name, value in (*_facts(outcome, language), (labels["made"], made))
    )
    parts = [
        f"<main><h1>{labels['title']}</h1>",
        f'<p class="{word}"><strong>{SIGNS[word]} {escaped(sentence(outcome, language))}</strong></p>',
        f"{facts}<h2>{labels['differences']}</h2>",
    ]
    if outcome.findings.named:
        headings = [labels[name] for name in ("kind", "where", "found", "expected")]
        rows = (tuple(map(apart, row)) for row in _rows(outcome, language))
        parts.append(scrolling_table(labels["differences"], headings, rows))
    else:
        parts.append(f"<p>{labels['none']}</p>")
    if outcome.findings.total > len(outcome.findings.named):
        parts.append(f"<p>… {labels['more']}</p>")
    parts.append(f"<p><small>{labels['authority']}</small></p></main>")
    return standalone_page(labels["title"], "\n".join(parts), language)


def _rows(outcome: Outcome, language: Language) -> Iterator[tuple[str, ...]]:
    for each in outcome.findings.named:
        yield tuple(map(printable, (LABELS[language][each.kind], each.where, each.found, each.expected)))


def _facts(outcome: Outcome, language: Language) -> list[tuple[str, str]]:
    """Return what was looked at, each with its name."""
    labels = LABELS[language]
    origin = labels["taken" if outcome.keys_taken else "given"]
    facts = [
        (labels["hub"], outcome.hub),
        (labels["ledger"], outcome.ledger or "-"),
        (labels["keys"], f"{', '.join(outcome.keys) or '-'} ({origin})"),
        (labels["roots"], labels["roots-taken" if outcome.roots_taken else "given"]),
        (labels["before"], labels["first"] if outcome.before is None else _visit(outcome.before)),
        (labels["now"], labels["broken"] if outcome.now is None else _visit(outcome.now)),
    ]
    if outcome.now is None:
        return facts
    events = outcome.entries["event"]
    by_event = ", ".join(f"{event} {total}" for event, total in sorted(events.items()))
    remarks = [
        f"{labels[name]}: {total}"
        for name, total in (
            ("moved", outcome.entries["clock"].get("moved", 0)),
            ("old", outcome.entries["v"].get("1", 0)),
            ("unknown", outcome.unknown_events),
        )
        if total
    ]
    return [
        *facts,
        (labels["entries"], "; ".join([f"{sum(events.values())} ({by_event})", *remarks])),
        *_gone(outcome, labels),
        (labels["rows"], str(outcome.rows)),
        (labels["signed"], f"{outcome.signed}; {labels['verified']}: {outcome.verified}"),
    ]


def _gone(outcome: Outcome, labels: dict[str, str]) -> list[tuple[str, str]]:
    gone = outcome.gone
    if not gone.entries:
        return []
    more = {
        "restored-documents": gone.documents,
        "restored-again": gone.again,
        "restored-receipts": gone.handed_in,
    }
    said = "; ".join(f"{labels[name]}: {number}" for name, number in more.items())
    return [(labels["restored"], f"{gone.entries}; {said}")]


def _visit(visit: Visit) -> str:
    return f"{visit.size} · {visit.root}"
