"""Reports of verdicts for people: lines of text, or a page of HTML that loads nothing.

It judges nothing and reads no files. Names in certificates and files come from strangers: control characters
are shown as such, and the page escapes everything.
"""

import html
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from signing.attached_files import AttachedFile
from signing.verdict import SignatureVerdict
from signing.verdict_report_texts import LABELS
from signing.verdict_sentences import Language
from signing.verdict_vocabulary import Indication

__all__ = [
    "SOURCES",
    "STYLE",
    "Report",
    "article",
    "escaped",
    "facts_table",
    "overall",
    "page",
    "text",
    "worst",
]

NONE = "NONE"


class Report(NamedTuple):
    """The findings about one file."""

    name: str
    verdicts: tuple[SignatureVerdict, ...]
    files: tuple[AttachedFile, ...] = ()
    """Where the file is a manifest: those it names, and those that were given beside it."""
    time: Literal["acceptance", "receipt"] = "acceptance"
    """Where the time comes from that no time-stamp gave: the user, or a receipt."""

    @property
    def indication(self) -> Indication | None:
        """What the file comes to; an altered file beside a manifest fails with it."""
        if any(each.outcome == "altered" for each in self.files):
            return Indication.TOTAL_FAILED
        return overall(self.verdicts)


def overall(verdicts: Sequence[SignatureVerdict]) -> Indication | None:
    """Say what several come to where all must hold: failed if one is, then undecided; `None` without any."""
    return worst([each.indication for each in verdicts])


def worst(found: Sequence[Indication | None]) -> Indication | None:
    """Say what several indications come to where all must hold; `None` where there is none."""
    order = (Indication.TOTAL_FAILED, Indication.INDETERMINATE, Indication.TOTAL_PASSED)
    return next((each for each in order if each in found), None)


def text(reports: Sequence[Report], language: Language, *, detail: bool = False) -> str:
    """Lay the reports out in lines; `detail` adds the checks in their order."""
    labels = LABELS[language]
    lines: list[str] = []
    for report in reports:
        lines.append(f"{_printable(report.name)}: {labels[report.indication or NONE]}")
        if not report.verdicts:
            lines.append(f"  {labels['no-signature']}")
        for verdict in report.verdicts:
            lines += _lines(_shown(report, verdict, language), labels, detail=detail)
        lines += [f"  {_printable(each.name)}: {labels[each.outcome]}" for each in report.files]
    return "\n".join(lines)


def _lines(shown: Mapping[str, Any], labels: Mapping[str, str], *, detail: bool) -> list[str]:
    sub = f" / {shown['sub_indication']}" if shown["sub_indication"] else ""
    lines = [f"  {shown['indication']}{sub}: {_printable(shown['sentence'])}"]
    if shown["remedy"]:
        lines.append(f"    {labels['remedy']}: {shown['remedy']}")
    lines += [f"    {label}: {_printable(value)}" for label, value in _facts(shown, labels, detail=detail)]
    for check in shown["checks"] if detail else ():
        found = f": {_printable(check['found'])}" if check["found"] else ""
        expected = f" ({labels['expected']}: {_printable(check['expected'])})" if check["expected"] else ""
        lines.append(f"    {check['step']} [{labels[check['outcome']]}] {check['title']}{found}{expected}")
    return lines


def _facts(shown: Mapping[str, Any], labels: Mapping[str, str], *, detail: bool) -> list[tuple[str, str]]:
    """Gather what is told of a signature beside its sentence."""
    certificate = shown["certificate"]
    kind = f" ({labels[shown['kind']]})" if shown["kind"] else ""
    source = labels[shown["time_source"]]
    facts = [
        ("format", shown["format"]),
        ("covers", shown["covers"]),
        ("signer", shown["signer"] and shown["signer"] + kind),
        ("trusted", f"{shown['trusted_time']} ({source})"),
        ("claimed", shown["claimed_time"]),
    ]
    if certificate is not None and detail:
        facts += [
            ("certificate", certificate["subject"]),
            ("issuer", certificate["issuer"]),
            ("serial", certificate["serial"]),
            ("sha256", certificate["sha256"]),
            ("period", f"{certificate['not_before']} / {certificate['not_after']}"),
        ]
    facts.append(("algorithm", shown["algorithm"]))
    return [(labels[name], value) for name, value in facts if value]


def page(reports: Sequence[Report], language: Language, *, policy: str, trust: str) -> str:
    """Make a page of HTML of the reports, with all there is; it loads nothing from anywhere."""
    labels = LABELS[language]
    parts = [
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f'<meta http-equiv="Content-Security-Policy" content="{SOURCES}">',
        f"<title>{labels['title']}</title><style>{STYLE}</style></head><body><h1>{labels['title']}</h1>",
    ]
    for report in reports:
        word = report.indication or NONE
        parts.append(f'<section><h2>{escaped(report.name)} <b class="{word}">{labels[word]}</b></h2>')
        if not report.verdicts:
            parts.append(f"<p>{labels['no-signature']}</p>")
        parts += [article(_shown(report, each, language), labels) for each in report.verdicts]
        if report.files:
            parts.append(f"<h3>{labels['files']}</h3>")
            parts.append(facts_table([(each.name, labels[each.outcome]) for each in report.files]))
        parts.append("</section>")
    parts.append(facts_table([(labels["policy"], policy), (labels["trust"], trust)]))
    return "\n".join([*parts, "</body></html>\n"])


def article(shown: Mapping[str, Any], labels: Mapping[str, str], *, is_open: bool = False) -> str:
    """Return what is to be said of one signature. `is_open`: with its checks unfolded, as for print."""
    sub = f" · <code>{shown['sub_indication']}</code>" if shown["sub_indication"] else ""
    remedy = f"<p>{labels['remedy']}: {escaped(shown['remedy'])}</p>" if shown["remedy"] else ""
    rows = "".join(
        f"<tr><td>{check['step']}<td>{escaped(check['title'])}"
        f'<td class="{check["outcome"]}">{labels[check["outcome"]]}'
        f"<td>{escaped(check['found'])}<td>{escaped(check['expected'])}</tr>"
        for check in shown["checks"]
    )
    headings = "".join(f"<th>{labels[name]}" for name in ("step", "check", "outcome", "found", "expected"))
    unfolded = " open" if is_open else ""
    return (
        f'<article><h3 class="{shown["indication"]}">{shown["indication"]}{sub}</h3>'
        f"<p>{escaped(shown['sentence'])}</p>{remedy}{facts_table(_facts(shown, labels, detail=True))}"
        f"<details{unfolded}><summary>{labels['checks']}</summary><table><tr>{headings}</tr>{rows}</table></details>"
        "</article>"
    )


def facts_table(facts: Sequence[tuple[str, str]]) -> str:
    """Return names and values as a table."""
    rows = "".join(f"<tr><th>{escaped(name)}<td>{escaped(value)}</tr>" for name, value in facts)
    return f"<table>{rows}</table>"


def _shown(report: Report, verdict: SignatureVerdict, language: Language) -> Mapping[str, Any]:
    shown = verdict.to_json(language, is_offline=True)
    return {**shown, "time_source": report.time} if shown["time_source"] == "acceptance" else shown


def escaped(value: str | None) -> str:
    """Return a text for a page, whatever it holds."""
    return html.escape(_printable(value or ""))


def _printable(value: str) -> str:
    """Show a text without what could move a terminal's cursor or turn the direction of writing."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in value)


SOURCES = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2, td { overflow-wrap: anywhere }
h2 b { font-size: .9rem; padding: .1rem .5rem; border-radius: .3rem; color: #fff; background: #666 }
article { border: 1px solid #ccc; border-radius: .4rem; padding: .5rem 1rem; margin: 1rem 0 }
table { border-collapse: collapse; font-size: .9rem }
th, td { text-align: left; vertical-align: top; padding: .15rem .7rem .15rem 0 }
h2 .TOTAL-PASSED { background: #186a3b }
h2 .TOTAL-FAILED { background: #a31515 }
h2 .INDETERMINATE { background: #8a5a00 }
h3.TOTAL-PASSED, .passed { color: #186a3b }
h3.TOTAL-FAILED, .failed { color: #a31515 }
h3.INDETERMINATE, .unknown { color: #8a5a00 }
"""
