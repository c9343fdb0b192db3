"""How long `axis audit` takes over many entries, and how much memory it holds.

    python benchmarks/ledger_audit.py [--entries 1000000] [--store FOLDER]

The store is filled through the ledger's recorder, counters and events included, with made-up documents that
are unsigned or failed: what is measured is hashes, entries, figures and lists. What a signed document takes
comes on top. A store that is filled already is used as it is.
"""

import argparse
import collections
import contextlib
import hashlib
import itertools
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from axis.agencies.callers import Caller
from axis.agencies.directory import Directory
from axis.agencies.directory_changes import AgencyEntry, put_agencies
from axis.agencies.tokens import Grant, create_tokens
from axis.clock import Clock, Microseconds, parse_rfc3339, real_now, to_datetime
from axis.database import Database, open_database
from axis.deliveries.statuses import PostedStatus, StatusCall, answer_statuses
from axis.documents.new_documents import NewDocument, StoredAttachment
from axis.intake.document_records import document_record
from axis.intake.recording import record_documents
from axis.ledger.key import load_key
from axis.ledger.recorder import Recorder
from axis.ledger.setup import open_ledger
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.manifest import parse_manifest
from axis.trust.kept_material import naming_only_kept
from benchmarks.server_processes import Store, make_store, serving
from signing.verdict import DocumentVerdict, Indication

AGENCIES = [AgencyCode(f"000.00.00.{kind}{number:02d}") for kind in "HG" for number in range(1, 41)]
CONTENT = b"%PDF-1.4"
FILE = {
    "name": "van-ban.pdf",
    "media_type": "application/pdf",
    "size": len(CONTENT),
    "sha256": hashlib.sha256(CONTENT).hexdigest(),
}
TYPES = ("cong-van",) * 5 + ("bao-cao", "quyet-dinh")
FIRST, LAST = (parse_rfc3339(f"2019-{day}T02:00:00Z") for day in ("01-02", "12-30"))
FAILED = 0.1
BATCH = 1_000
"""Documents that are sent before they are answered."""
TOKEN = "auditor.token"


class HistoryClock(Clock):
    """Business time as the made-up history goes on."""

    at = FIRST

    def now(self) -> Microseconds:
        """Return the history's time."""
        return self.at


def main() -> None:
    """Fill a store and audit its hub twice: at first, and once more."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--store", type=Path, help="kept, and used again; else a temporary folder")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = arguments.store or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / TOKEN).exists():
            store = Store(folder, f"sqlite:///{folder}/axis.db")
        else:
            store = make_store(folder, None)
            fill(store, arguments.entries)
        state = stack.enter_context(tempfile.TemporaryDirectory())
        with serving(store) as hub:
            for visit in ("first visit", "next visit"):
                measure(visit, hub.port, folder / TOKEN, Path(state, "state"))


def measure(visit: str, port: int, token: Path, state: Path) -> None:
    """Audit the hub, and tell how long it took and how much memory it held at most."""
    command = [sys.executable, "-m", "axis", "audit", "--hub", f"http://127.0.0.1:{port}"]
    command += ["--token-file", str(token), "--state", str(state), "--json"]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.read())
        _, _, used = os.wait4(process.pid, 0)
    taken = time.perf_counter() - started
    print(said["sentence"])
    print(
        f"{visit}: {taken:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of processor, "
        f"at most {_mebibytes(used)} MiB, {said['rows_compared']} rows compared",
        flush=True,
    )


def _mebibytes(used: resource.struct_rusage) -> int:
    return int(used.ru_maxrss) // 1024


def fill(store: Store, entries: int) -> None:
    """Write documents and statuses until there are so many entries."""
    started = time.perf_counter()
    database = open_database(store.url)
    clock, directory = HistoryClock(), Directory()
    key = load_key(store.folder / "ledger-key.pem")
    signer = database.write(lambda tx: open_ledger(tx, key, "http://127.0.0.1", FIRST))
    recorder = Recorder(database, signer, clock)
    names = [AgencyEntry(code, f"Cơ quan {code}") for code in AGENCIES]
    database.write(lambda tx: put_agencies(tx, names, FIRST))
    chance, made, codes = random.Random(1), 0, itertools.count(1)
    while made < entries:
        clock.at = Microseconds(FIRST + (LAST - FIRST) * made // entries)
        sent = [_document(chance, next(codes), clock.at) for _ in range(BATCH)]
        records = [document_record(each, naming_only_kept(each.verdict, set())) for each in sent]
        _finished([recorder.record(record_documents, each) for each in records])
        answers = list(_answers(chance, sent, directory))
        for each in _finished([recorder.record(answer_statuses, each) for each in answers]):
            assert not any(isinstance(given, Exception) for given in each)
        made += len(sent) + sum(len(each.statuses) for each in answers)
    _keep_token(database, store.folder)
    database.close()
    print(f"{made} entries written in {time.perf_counter() - started:.0f} s", flush=True)


def _finished(waiting: list[Future[Any]]) -> list[Any]:
    return [each.result().result for each in waiting]


def _keep_token(database: Database, folder: Path) -> None:
    (token,) = database.write(lambda tx: create_tokens(tx, [Grant("auditor", name="bench")], real_now()))
    (folder / TOKEN).write_text(token, encoding="ascii")


def _document(chance: random.Random, number: int, at: Microseconds) -> NewDocument:
    """Make up a document that nobody signed, or whose signature failed."""
    sender, *recipients = chance.sample(AGENCIES, chance.choice((2, 2, 3)))
    manifest = {
        "from": sender,
        "to": recipients,
        "number": f"{number}/UBND",
        "issued_on": to_datetime(at).date().isoformat(),
        "type": chance.choice(TYPES),
        "subject": "V/v báo cáo tình hình gửi, nhận văn bản điện tử",
        "priority": chance.choice(("normal",) * 9 + ("urgent",)),
        "attachments": [FILE],
    }
    raw = json.dumps(manifest, ensure_ascii=False).encode()
    indication = Indication.TOTAL_FAILED if chance.random() < FAILED else None
    return NewDocument(
        id=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        manifest=parse_manifest(raw),
        manifest_bytes=raw,
        signatures=(),
        attachments=(StoredAttachment(CONTENT, None),),
        verdict=DocumentVerdict(indication, None, "none", (), "axis-2019", "00" * 32),
        accepted_at=at,
        targets=(),
    )


def _answers(chance: random.Random, sent: list[NewDocument], directory: Directory) -> Iterator[StatusCall]:
    """Yield what each recipient says of what it was sent: it came, and for most was received and done."""
    said = collections.defaultdict[AgencyCode, list[PostedStatus]](list)
    for document in sent:
        for place, recipient in enumerate(document.manifest.to):
            codes = ("01", "03", "06")[: chance.choice((1, 2, 3))]
            said[recipient] += [PostedStatus(f"{document.id}.{place}", code, None) for code in codes]
    for recipient, statuses in said.items():
        yield StatusCall(Caller("agency", recipient, False, None, "bench"), directory, statuses)


if __name__ == "__main__":
    main()
