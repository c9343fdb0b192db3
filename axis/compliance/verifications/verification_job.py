"""Verification as a job: judges selected documents again, page by page, as an auditor supposes.

Supposed are another policy, another time, or certain roots taken away. The rest of the material trusted today
is used, with what each document's newest verdict rested on. The outcomes are stored apart.
"""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import select

from axis.agencies.callers import Caller
from axis.compliance.signed_documents import read_signed
from axis.compliance.verifications.queries import add_what_ifs, outcomes
from axis.compliance.verifications.verification_requests import Verification, read_verification, too_many
from axis.database import Read
from axis.documents.listing import list_documents
from axis.documents.new_documents import summary_columns
from axis.documents.queries import newest_verdicts, positions_of
from axis.jobs.kinds import Kind, Step, Task
from axis.judging.judge import Supposition, Trust
from axis.objects.store import Objects
from axis.trust.kept_material import named_material
from axis.trust.tables import kept_material
from signing.errors import UnreadableVerdict
from signing.paths.validation import TrustMaterial
from signing.verdict import DocumentVerdict

KIND: Final = "verification"
MOST: Final = 100_000
"""Documents of one verification."""
PAGE: Final = 50
"""Documents of one step: few enough that one which is done twice costs little."""
_MATERIALS: Final = 16
"""Sets of trust material that are remembered: documents of a time rest on the same lists."""
_AUDITOR: Final = Caller("auditor", None, subtree=False, name="verification", token_id="")


@dataclass(slots=True)
class Supposed:
    """What one job supposes: policy, roots that are gone, time, and the outcomes of paths under it."""

    asked: Verification
    trust: Trust
    base: TrustMaterial
    supposition: Supposition
    _materials: OrderedDict[frozenset[str], TrustMaterial] = field(default_factory=OrderedDict)

    def for_document(self, tx: Read, rested_on: frozenset[str]) -> Supposition:
        """Return the supposition with what the document's newest verdict rested on."""
        material = self._materials.get(rested_on)
        if material is None:
            material = self._materials[rested_on] = _with_kept(tx, self.base, rested_on)
            if len(self._materials) > _MATERIALS:
                self._materials.popitem(last=False)
        return replace(self.supposition, material=material)


def verifying(objects: Objects, trust: Trust) -> Kind:
    """Return the kind of job that verifies again; progress counts documents."""
    remembered: OrderedDict[str, Supposed] = OrderedDict()

    def step(task: Task) -> Step:
        state = task.checkpoint or {"after": None, "done": 0}
        supposed = _supposed(remembered, trust, task)
        query = supposed.asked.query.model_copy(update={"after": state["after"], "limit": PAGE})
        with objects.database.read() as tx:
            items, following = list_documents(tx, query, _AUDITOR)
            if state["done"] + len(items) > MOST:
                raise too_many(MOST)
            rows = _judged(tx, objects, supposed, [item["id"] for item in items], task, state["done"])
            done = state["done"] + len(rows)
        if following is not None:
            return Step(
                done=done,
                of=None,
                checkpoint={"after": following, "done": done},
                write=lambda tx: add_what_ifs(tx, rows),
            )
        remembered.pop(task.id, None)
        with objects.database.read() as tx:
            found = _counted(tx, task.id, rows)
        return Step(done=done, of=done, result=found, write=lambda tx: add_what_ifs(tx, rows))

    return Kind(KIND, step)


def _supposed(remembered: OrderedDict[str, Supposed], trust: Trust, task: Task) -> Supposed:
    """Return what a job supposes. The trust material is that of the job's first step in this process."""
    found = remembered.get(task.id)
    if found is None:
        asked = read_verification(task.params)
        now = trust.material
        roots = tuple(root for root in now.roots if sha256(root).hexdigest() not in asked.without_roots)
        base = replace(now, roots=roots)
        supposition = Supposition(asked.policy, base, asked.at, trust.supposed_paths(asked.policy))
        found = remembered[task.id] = Supposed(asked, trust, base, supposition)
        while len(remembered) > _MATERIALS:
            remembered.popitem(last=False)
    return found


def _judged(
    tx: Read, objects: Objects, supposed: Supposed, ids: Collection[str], task: Task, done: int
) -> list[dict[str, Any]]:
    positions = positions_of(tx, ids)
    signed = read_signed(tx, objects, positions)
    newest = newest_verdicts(tx, positions)
    rows: list[dict[str, Any]] = []
    for position in positions:
        task.report(done + len(rows), None)
        before = newest[position]
        supposition = supposed.for_document(tx, _rested_on(before.report))
        verdict = supposed.trust.judge_supposing(signed[position], supposition)
        summary = summary_columns(verdict)
        earlier = {name: getattr(before, name) for name in summary}
        rows.append(
            {
                "job": task.id,
                "document": position,
                "changed": summary != earlier,
                **summary,
                **{f"before_{name}": value for name, value in earlier.items()},
                "report": verdict.to_stored(),
            }
        )
    return rows


def _rested_on(report: str) -> frozenset[str]:
    try:
        verdict = DocumentVerdict.from_stored(report)
    except UnreadableVerdict:
        return frozenset()
    return frozenset(digest for kind, digest in named_material(verdict) if kind in _KINDS)


_KINDS: Final = ("certificate", "crl", "ocsp")
"""What paths are validated with; time-stamps lie in the signatures themselves."""


def _with_kept(tx: Read, base: TrustMaterial, digests: frozenset[str]) -> TrustMaterial:
    """Return the material with kept pieces besides. What was kept is never trusted by itself."""
    if not digests:
        return base
    statement = select(kept_material.c.kind, kept_material.c.der).where(kept_material.c.sha256.in_(digests))
    kept: dict[str, list[bytes]] = {kind: [] for kind in _KINDS}
    for row in tx.execute(statement):
        kept[row.kind].append(bytes(row.der))
    return replace(
        base,
        intermediates=tuple(dict.fromkeys((*base.intermediates, *kept["certificate"]))),
        crls=tuple(dict.fromkeys((*base.crls, *kept["crl"]))),
        ocsps=tuple(dict.fromkeys((*base.ocsps, *kept["ocsp"]))),
    )


def _counted(tx: Read, job: str, last: Collection[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the summary of a job, with the rows of its last step, which are not written yet."""
    counts: dict[tuple[str | None, ...], int] = {}
    for row in outcomes(tx, job):
        counts[tuple(row)[:-1]] = row.documents
    for new in last:
        key = tuple(new[name] for name in (*(f"before_{name}" for name in _SUMMARY), *_SUMMARY))
        counts[key] = counts.get(key, 0) + 1
    found = [
        {
            "before": dict(zip(_SUMMARY, key[:3], strict=True)),
            "after": dict(zip(_SUMMARY, key[3:], strict=True)),
            "documents": count,
        }
        for key, count in sorted(counts.items(), key=lambda each: (-each[1], str(each[0])))
    ]
    return {
        "documents": sum(counts.values()),
        "changed": sum(count for key, count in counts.items() if key[:3] != key[3:]),
        "outcomes": found,
        "list": f"/v1/verifications/{job}/documents",
    }


_SUMMARY: Final = ("indication", "sub_indication", "signed_by")
