"""Turns a plan's documents into drafts, and tells what the plan says of a document that arrived.

The same plan gives the same words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

from nodes.answers import Arrived
from nodes.document_writer import Draft, Reference, number_of
from nodes.invented_texts import Matter, following_subject, matter_of
from nodes.known_agencies import agency
from nodes.node import Habits, Misaddressed
from nodes.planner import Plan, PlannedDocument
from nodes.scenario import Scenario


def draft_of(plan: Plan, document: PlannedDocument) -> Draft:
    """Say what one document of a plan is about."""
    number, matter = _number_and_matter(plan, document)
    about, day = document.about, document.day.isoformat()
    references: tuple[Reference, ...] = ()
    subject = matter.subject
    if about is not None:
        named, _ = _number_and_matter(plan, about)
        references = (Reference(about.sender, named, about.day.isoformat()),)
        if document.action != "new":
            subject = following_subject(document.action, named, about.day.isoformat())
    return Draft(
        number=number,
        issued_on=day,
        type=matter.type,
        subject=subject,
        recipients=document.recipients,
        action=document.action,
        priority="urgent" if document.is_urgent else "normal",
        refers_to=references,
        pages=document.size.pages,
        appendix_kilobytes=document.size.appendix_kilobytes,
        has_newer_codes=document.has_newer_codes,
    )


def habits_of(scenario: Scenario, code: str) -> Habits:
    """Return the habits of one agency of a scenario."""
    slow = {each.code: each.answers_after for each in scenario.localities}
    return replace(scenario.habits, answers_after=slow.get(code, 0))


@dataclass(slots=True)
class Notes:
    """What a plan says of documents by sender and number, as a receiver sees them."""

    plan: Plan
    misaddressed: set[tuple[str, str, str]] = field(default_factory=set)
    """Recipient, sender and number."""
    recalled: set[tuple[str, str]] = field(default_factory=set)
    """Sender and number of what is recalled."""
    recalls: set[tuple[str, str]] = field(default_factory=set)
    """Sender and number of the recalls themselves, whose deliveries the hub counts nowhere."""
    has_requests: bool = False
    """Whether anything is recalled, updated or replaced in the plan at all."""

    def __post_init__(self) -> None:
        self.has_requests = any(document.action != "new" for document in self.plan.documents)

    def take(self, documents: Sequence[PlannedDocument]) -> None:
        """Note what is said of a day's documents."""
        for document in documents:
            if document.misaddressed is not None:
                number, _ = _number_and_matter(self.plan, document)
                self.misaddressed.add((document.misaddressed, document.sender, number))
            if document.action == "recall" and document.about is not None:
                number, _ = _number_and_matter(self.plan, document.about)
                self.recalled.add((document.sender, number))
                own, _ = _number_and_matter(self.plan, document)
                self.recalls.add((document.sender, own))

    def seen(self, recipient: str, item: Arrived) -> Arrived | Misaddressed:
        """Return an item as the recipient's staff see it."""
        is_ours = (recipient, item.sender, item.number) not in self.misaddressed
        return item if is_ours else Misaddressed(item)


def _number_and_matter(plan: Plan, document: PlannedDocument) -> tuple[str, Matter]:
    rng = Random(f"document {plan.seed} {document.sender} {document.counter}")  # noqa: S311 - to be repeated
    matter = matter_of(document.type, rng)
    return number_of(document.counter, agency(document.sender), matter), matter
