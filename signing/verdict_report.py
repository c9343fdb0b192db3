"""Reports of verdicts for people: lines of text, or a page of HTML.

Names in certificates and files come from strangers: control characters are made visible, and the page escapes
markup.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from signing.attached_files import AttachedFile
from signing.pages.formats import printable
from signing.pages.standalone import (
    SIGNS,
    apart,
    escaped,
    facts_list,
    scrolling_table,
    standalone_page,
    verdict_badge,
)
from signing.verdict import SignatureVerdict
from signing.verdict_report_texts import LABELS
from signing.verdict_sentences import Language
from signing.verdict_vocabulary import Indication

__all__ = [
    "Report",
    "article",
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
        lines.append(f"{printable(report.name)}: {labels[report.indication or NONE]}")
        if not report.verdicts:
            lines.append(f"  {labels['no-signature']}")
        for verdict in report.verdicts:
            lines += _lines(_shown(report, verdict, language), labels, detail=detail)
        lines += [f"  {printable(each.name)}: {labels[each.outcome]}" for each in report.files]
    return "\n".join(lines)


def _lines(shown: Mapping[str, Any], labels: Mapping[str, str], *, detail: bool) -> list[str]:
    sub = f" / {shown['sub_indication']}" if shown["sub_indication"] else ""
    lines = [f"  {shown['indication']}{sub}: {printable(shown['sentence'])}"]
    if shown["remedy"]:
        lines.append(f"    {labels['remedy']}: {shown['remedy']}")
    lines += [
        f"    {label}: {printable(value)}{more}"
        for label, value, more in _facts(shown, labels, detail=detail)
    ]
    for check in shown["checks"] if detail else ():
        found = f": {printable(check['found'])}" if check["found"] else ""
        expected = f" ({labels['expected']}: {printable(check['expected'])})" if check["expected"] else ""
        lines.append(f"    {check['step']} [{labels[check['outcome']]}] {check['title']}{found}{expected}")
    return lines


def _facts(
    shown: Mapping[str, Any], labels: Mapping[str, str], *, detail: bool
) -> list[tuple[str, str, str]]:
    """Gather what is told of a signature beside its sentence: names, values, and what we say of these."""
    certificate = shown["certificate"]
    kind = f" ({labels[shown['kind']]})" if shown["kind"] else ""
    facts = [
        ("format", shown["format"], ""),
        ("covers", shown["covers"], ""),
        ("signer", shown["signer"], kind),
        ("trusted", shown["trusted_time"], f" ({labels[shown['time_source']]})"),
        ("claimed", shown["claimed_time"], ""),
    ]
    if certificate is not None and detail:
        facts += [
            ("certificate", certificate["subject"], ""),
            ("issuer", certificate["issuer"], ""),
            ("serial", certificate["serial"], ""),
            ("sha256", certificate["sha256"], ""),
            ("period", f"{certificate['not_before']} / {certificate['not_after']}", ""),
        ]
    facts.append(("algorithm", shown["algorithm"], ""))
    return [(labels[name], value, more) for name, value, more in facts if value]


def page(reports: Sequence[Report], language: Language, *, policy: str, trust: str) -> str:
    """Make a page of HTML of the reports, with all there is; it loads nothing from anywhere."""
    labels = LABELS[language]
    parts = [f"<main><h1>{labels['title']}</h1>"]
    for report in reports:
        word = report.indication or NONE
        badge = verdict_badge(word, labels[word])
        parts.append(f"<section><h2>{apart(report.name)} {badge}</h2>")
        if not report.verdicts:
            parts.append(f"<p>{labels['no-signature']}</p>")
        parts += [article(_shown(report, each, language), labels) for each in report.verdicts]
        if report.files:
            parts.append(f"<h3>{labels['files']}</h3>")
            files = [(apart(each.name), escaped(labels[each.outcome])) for each in report.files]
            parts.append(scrolling_table(labels["files"], (labels["files"], labels["outcome"]), files))
        parts.append("</section>")
    parts.append(facts_list([(labels["policy"], escaped(policy)), (labels["trust"], escaped(trust))]))
    return standalone_page(labels["title"], "\n".join([*parts, "</main>"]), language)


def article(shown: Mapping[str, Any], labels: Mapping[str, str], *, is_open: bool = False) -> str:
    """Return what is to be said of one signature. `is_open`: with its checks unfolded, as for print."""
    sub = f" · <code>{shown['sub_indication']}</code>" if shown["sub_indication"] else ""
    remedy = f"<p>{labels['remedy']}: {escaped(shown['remedy'])}</p>" if shown["remedy"] else ""
    rows = [
        (
            str(check["step"]),
            f'<span class="said">{escaped(check["title"])}</span>',
            f'<span class="{check["outcome"]}">{labels[check["outcome"]]}</span>',
            apart(check["found"]),
            apart(check["expected"]),
        )
        for check in shown["checks"]
    ]
    headings = [labels[name] for name in ("step", "check", "outcome", "found", "expected")]
    facts = [(name, apart(value) + escaped(more)) for name, value, more in _facts(shown, labels, detail=True)]
    unfolded = " open" if is_open else ""
    word = shown["indication"]
    return (
        f'<article><h3 class="{word}">{SIGNS[word]} {word}{sub}</h3>'
        f"<p>{escaped(shown['sentence'])}</p>{remedy}{facts_list(facts)}"
        f"<details{unfolded}><summary>{labels['checks']}</summary>"
        f"{scrolling_table(labels['checks'], headings, rows)}</details>"
        "</article>"
    )


def _shown(report: Report, verdict: SignatureVerdict, language: Language) -> Mapping[str, Any]:
    shown = verdict.to_json(language, is_offline=True)
    return {**shown, "time_source": report.time} if shown["time_source"] == "acceptance" else shown
