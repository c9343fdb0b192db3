"""Looks, before a run, for traffic of the period that a hub holds and that is not the run's own.

The same run may be made again, or go on after an interruption: the hub knows its documents already. Other
checks of a hub are in `nodes.hub_checks`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from axis.protocol.document_types import MESSAGE
from nodes.answers import Json
from nodes.client import Client
from nodes.document_writer import Draft, attachments_of, write_manifest
from nodes.drafts import draft_of
from nodes.errors import HubNotEmpty, UnknownAgency
from nodes.known_agencies import agency
from nodes.offices import writing_office
from nodes.planner import Plan

_NAMED: Final = 4
"""Agencies that the refusal names; of the others it tells how many."""
_PAGE: Final = 1_000
_COMPARED: Final = 16
"""Manifests that are compared byte for byte, of as many senders: each costs a PDF."""

_Letter = tuple[str, str, str, frozenset[str]]
"""Number, day, subject and recipients."""


def require_no_other_traffic(auditor: Client, plan: Plan) -> None:
    """See that a hub holds nothing of the period but documents that this plan sends itself.

    With faults it must hold no document at all, since their letters cannot be told from others. Messages of
    neighbouring systems are passed over: no figure of a run counts them.

    Raises `HubNotEmpty`, which names agencies and numbers.
    """
    documents, refused = _other_documents(auditor, plan), _refused(auditor, plan)
    if not documents and not refused:
        return
    found = [*_told(documents, "document", "from"), *_told(refused, "refusal", "for")]
    also = ", even of the same run, since it has faults" if plan.faults else ""
    raise HubNotEmpty(
        f"the hub holds traffic of {plan.scenario.first} to {plan.scenario.last} already: found "
        f"{', '.join(found)}; expected none{also}, because its statistics count whatever is there: empty the "
        "sandbox (the form on its page, or POST /sandbox/reset), name another hub with --hub, or leave --hub "
        "out for a hub of the run's own"
    )


def _other_documents(auditor: Client, plan: Plan) -> Counter[str]:
    """Count by sender the documents of the period that the plan does not send."""
    rows = auditor.statistics("exchange", by="agency", **_period(plan))["items"]
    held = {row["agency"]: row["sent"] for row in rows if row["sent"]}
    drafts = {} if plan.faults or not held else _drafts(plan)
    others = Counter({sender: sent for sender, sent in held.items() if sender not in drafts})
    same: dict[str, Json] = {}
    for sender in held.keys() - others.keys():
        for item in _sent_by(auditor, sender, plan):
            if _listed(item) in drafts[sender]:
                same.setdefault(sender, item)
            else:
                others[sender] += 1
    # Another seed gives the same numbers to other letters, of which few may have the same words.
    for sender, item in islice(sorted(same.items()), _COMPARED):
        if sender not in plan.scenario.old_doors:  # they send no manifests
            draft = drafts[sender][_listed(item)]
            others[sender] += auditor.manifest(item["id"]) != _manifest(sender, draft, plan.seed)
    return +others


def _drafts(plan: Plan) -> Mapping[str, Mapping[_Letter, Draft]]:
    """Return what each sender of a plan sends."""
    drafts: dict[str, dict[_Letter, Draft]] = {}
    for document in plan.documents:
        draft = draft_of(plan, document)
        letter = (draft.number, draft.issued_on, draft.subject, frozenset(draft.recipients))
        drafts.setdefault(document.sender, {})[letter] = draft
    return drafts


def _sent_by(auditor: Client, sender: str, plan: Plan) -> Iterator[Json]:
    """Yield what the hub has from a sender in the period, and counts."""
    after: str | None = None
    while True:
        page = auditor.documents(sender=sender, after=after, limit=_PAGE, **_period(plan))
        yield from (item for item in page.items if item["type"] != MESSAGE and item["action"] != "recall")
        after = page.next
        if after is None:
            return


def _listed(item: Json) -> _Letter:
    return item["number"], item["issued_on"], item["subject"], frozenset(item["to"])


def _manifest(sender: str, draft: Draft, seed: int) -> bytes:
    office = writing_office(sender, seed)
    attachments = attachments_of(office, [agency(code) for code in draft.recipients], draft)
    return write_manifest(sender, draft, attachments, office.signer)


def _refused(auditor: Client, plan: Plan) -> Counter[str]:
    """Count by sender the refusals of the period: a run without faults has none."""
    refused: Counter[str] = Counter()
    after: str | None = None
    while True:
        page = auditor.refusals(after=after, limit=_PAGE, **_period(plan))
        refused.update(str(item["from"]) for item in page.items)
        after = page.next
        if after is None:
            return refused


def _period(plan: Plan) -> Mapping[str, Any]:
    return {"from_": plan.scenario.first.isoformat(), "to": plan.scenario.last.isoformat()}


def _told(counts: Counter[str], what: str, of: str) -> Iterator[str]:
    """Yield what is said of the busiest agencies, and then of the others together."""
    for code, number in counts.most_common(_NAMED):
        yield f"{number:,} {what}{'' if number == 1 else 's'} {of} {_named(code)}"
    others = len(counts) - _NAMED
    if others > 0:
        rest = counts.total() - sum(number for _, number in counts.most_common(_NAMED))
        yield f"{rest:,} more {of} {others:,} other {'agency' if others == 1 else 'agencies'}"


def _named(code: str) -> str:
    try:
        return f"{code} ({agency(code).name})"
    except UnknownAgency:
        return code
