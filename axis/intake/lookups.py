"""Steps 3 and 4 of docs/flow.md: looks up what a manifest names, in the directory and among documents.

What was found is checked by `axis.intake.sender_and_recipient_checks`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from axis.agencies.callers import Caller
from axis.agencies.directory import Agency
from axis.agencies.systems import speaking_only
from axis.clock import real_now
from axis.database import Database
from axis.documents.identities import Number, Numbered, find_by_manifest, find_by_number
from axis.intake.context import IntakeContext
from axis.intake.handed_over import recipients_here
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.errors import QueryInvalid
from axis.protocol.manifest import Manifest, Reference


@dataclass(frozen=True, slots=True)
class Standing:
    """What was looked up for one manifest."""

    may_speak: bool
    sender: Agency | None
    earlier: int | None
    """The position of the document with the same manifest bytes, if there is one."""
    recipients: dict[AgencyCode, Agency] = field(default_factory=dict)
    numbered: dict[tuple[str, str, int], Numbered] = field(default_factory=dict)
    """The documents that the manifest refers to, by their numbers."""
    unreachable: Collection[str] = ()
    """Recipients that only the old protocol reaches, if the document is too large for it."""
    reach_bytes: int = 0
    """The largest document that the old protocol carries."""
    to: tuple[AgencyCode, ...] = ()
    """The recipients whose deliveries are opened here: all, or those for whom a relay hands it over."""
    relay: str | None = None
    """The relay that hands the document over."""
    served: str | None = None
    """Who speaks for a sender for whom the caller may not speak, where it may know that."""


def look_up(
    intake: IntakeContext,
    caller: Caller,
    sender: AgencyCode,
    digest: str,
    manifest: Manifest | None,
    asked: Sequence[AgencyCode] | None = None,
) -> Standing:
    """Look everything up. `manifest` is None when it broke a rule; then only its identity is looked up.

    `asked`: the recipients for whom a relay hands the document over; None for all.

    Raises:
        QueryInvalid: when `asked` names others than the manifest.

    """
    with intake.database.read() as tx:
        if not intake.directory.may_speak_for(tx, caller, sender):
            may_know = sender == caller.agency or caller.relay is not None
            served = _served(intake.directory.get(tx, sender)) if may_know else None
            return Standing(may_speak=False, sender=None, earlier=None, served=served)
        to, lacking = ((), []) if manifest is None else recipients_here(manifest, asked)
        if lacking:
            raise QueryInvalid(*lacking)
        known = intake.directory.find(tx, (sender, *(manifest.to if manifest else ())))
        earlier = find_by_manifest(tx, [digest]).get(digest)
        if manifest is None or earlier is not None:
            return Standing(may_speak=True, sender=known.get(sender), earlier=earlier)
        numbered = find_by_number(tx, [_number_of(reference) for reference in manifest.refers_to])
        size = sum(attachment.size for attachment in manifest.attachments)
        limit = intake.settings.vxp_document_bytes
        unreachable = speaking_only(tx, to, real_now()) if size > limit else set()
    return Standing(
        True, known.get(sender), None, known, numbered, unreachable, limit, to=to, relay=caller.relay
    )


def remembered(
    intake: IntakeContext, caller: Caller, sender: AgencyCode, manifest: Manifest | None
) -> Standing | None:
    """Return what `look_up` would, from memory alone, without whether the document was accepted before.

    The commit tells a manifest that is there already. None where something must be read first: an agency that
    is not remembered, documents that are referred to, what the old protocol can carry.
    """
    if manifest is None or manifest.refers_to:
        return None
    if sum(attachment.size for attachment in manifest.attachments) > intake.settings.vxp_document_bytes:
        return None
    speaker = intake.directory.remembered(caller, sender)
    recipients = intake.directory.remembered_all(manifest.to)
    if speaker is None or recipients is None:
        return None
    limit = intake.settings.vxp_document_bytes
    return Standing(True, speaker, None, recipients, reach_bytes=limit, to=manifest.to)


def _served(agency: Agency | None) -> str | None:
    if agency is None:
        return None
    return "an agency of this hub itself" if agency.via is None else f"reached via the relay {agency.via}"


def find_earlier(database: Database, digest: str) -> int | None:
    """Return the position of the document with these manifest bytes, by their SHA-256."""
    with database.read() as tx:
        return find_by_manifest(tx, [digest]).get(digest)


def number_of(manifest: Manifest) -> Number:
    """Return the manifest's number in the form in which numbers are compared."""
    return Number(manifest.sender, manifest.number_key, manifest.year)


def targets(standing: Standing, manifest: Manifest) -> tuple[int | None, ...]:
    """Return the position of each document referred to, None where it is not on this axis."""
    return _positions(standing.numbered, manifest)


def find_targets(database: Database, manifest: Manifest) -> tuple[int | None, ...]:
    """Look `targets` up for a document of which nothing else is looked up."""
    with database.read() as tx:
        return _positions(find_by_number(tx, [_number_of(each) for each in manifest.refers_to]), manifest)


def _number_of(reference: Reference) -> Number:
    return Number(reference.sender, reference.number_key, reference.year)


def _positions(
    numbered: Mapping[tuple[str, str, int], Numbered], manifest: Manifest
) -> tuple[int | None, ...]:
    found = (resolve(numbered, reference) for reference in manifest.refers_to)
    return tuple(each.position if each else None for each in found)


def resolve(numbered: Mapping[tuple[str, str, int], Numbered], reference: Reference) -> Numbered | None:
    """Return the document that a reference means, of those with its number; None if its day is another."""
    found = numbered.get(_number_of(reference).key)
    return found if found is not None and found.issued_on == reference.issued_on else None
