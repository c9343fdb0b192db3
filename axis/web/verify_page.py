"""`/verify`: a form for anyone that checks whether files, or evidence, are signed and unchanged.

The files are judged by `axis.web.file_verification`.
"""

import datetime as dt
from typing import Any, Final

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool

from axis.clock import VIET_NAM, to_datetime
from axis.database.dependencies import ClockDep, DatabaseDep
from axis.judging.judge import Trust
from axis.ledger.routes import KeysDep
from axis.problems import Language
from axis.protocol.errors import MalformedRequest, Place, shorten
from axis.web.file_verification import MOST_BYTES, FileVerification, FoundEvidence, FoundFiles
from axis.web.forms import read_files
from axis.web.page_routes import page_router
from axis.web.receipts import checked_receipt, receipt_of_file
from axis.web.rendering import render
from axis.web.visitors import AnyVisitor
from signing.verdict import SignatureVerdict
from signing.verdict_report_texts import LABELS

router = page_router()

FORM_OVERHEAD: Final = 64 * 1024
"""Bytes of a form around its files."""
RESULTS: Final = ("holds", "altered", "unsaid")
"""What the statuses 0, 1 and 2 of checked evidence mean."""


@router.get("/verify", summary="Verify a file")
def show_form(request: Request, visitor: AnyVisitor) -> Response:
    """Show where to put files."""
    return render(request, visitor, "verify.html", found=None, day="", most_bytes=MOST_BYTES)


@router.post("/verify", summary="Verify files")
async def verify(
    request: Request, visitor: AnyVisitor, clock: ClockDep, database: DatabaseDep, keys: KeysDep
) -> Response:
    """Judge the files of a form."""
    verification: FileVerification = request.app.state.file_verification
    trust: Trust = request.app.state.hub.trust
    with verification.one(request.client.host if request.client is not None else ""):
        files, fields = await read_files(request, MOST_BYTES + FORM_OVERHEAD)
        if not files:
            raise MalformedRequest(Place("part:files", "no file", "one file or more"))
        day = fields.get("day", "").strip()
        at = _end_of(day) if day else to_datetime(clock.now())

        def judge() -> dict[str, Any]:
            if len(files) == 1 and (receipt := receipt_of_file(next(iter(files.values())))) is not None:
                with database.read() as tx:
                    return {"kind": "receipt", "checked": checked_receipt(tx, keys, receipt)}
            found = verification.verify(files, trust, [key.verifier for key in keys], at)
            if isinstance(found, FoundEvidence):
                return _evidence(found, visitor.language)
            return _files(found, visitor.language)

        shown = await run_in_threadpool(judge)
    return await run_in_threadpool(
        render,
        request,
        visitor,
        "verify.html",
        found=shown,
        names=list(files),
        day=day,
        at=at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        most_bytes=MOST_BYTES,
    )


def _end_of(day: str) -> dt.datetime:
    """Return the last second of a day of Viet Nam."""
    try:
        last = dt.time(23, 59, 59, tzinfo=VIET_NAM)
        return dt.datetime.combine(dt.date.fromisoformat(day), last)
    except ValueError:
        raise MalformedRequest(
            Place("part:day", shorten(day), "a day of the calendar, as in 2019-06-03")
        ) from None


def _files(found: FoundFiles, language: Language) -> dict[str, Any]:
    return {
        "kind": "files",
        "indication": found.indication,
        "signatures": [_signature(each, language) for each in found.verdicts],
        "manifest": found.manifest,
        "compared": [(each.name, each.outcome, LABELS[language][each.outcome]) for each in found.compared],
    }


def _signature(verdict: SignatureVerdict, language: Language) -> dict[str, Any]:
    """Return a verdict's members; nobody accepted the file, so the time is the one that was asked for."""
    shown = verdict.to_json(language, is_offline=True)
    return {**shown, "time_source": LABELS[language][shown["time_source"]]}


def _evidence(found: FoundEvidence, language: Language) -> dict[str, Any]:
    checked = found.checked
    told = checked.told
    newest = None if told is None else told.verdicts["items"][-1]
    if newest is not None and language == "vi":
        newest = {**newest, **newest["vi"]}
    return {
        "kind": "evidence",
        "result": RESULTS[checked.status],
        "findings": [each.sentence(language) for each in checked.findings],
        "told": told,
        "verdict": newest,
        "proven": checked.proven,
        "is_of_this_ledger": found.is_of_this_ledger,
        "owners": checked.owners,
    }
