"""How long a page of the auditor's lists takes over many documents, filter by filter.

    python benchmarks/list_documents.py [--documents 1000000] [--database URL]

The store is filled with made-up documents, without intake or signatures: what is measured is reading.
Each query runs on a cold connection first, then three times more; the worst and the best are shown.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

from axis.agencies.callers import Caller
from axis.compliance.certificates.queries import count_documents, next_certificates
from axis.database import Database, Read, open_database
from axis.database.migrate import migrate
from axis.deliveries.filters import DeliveryQuery
from axis.deliveries.listing import list_deliveries
from axis.documents.filters import DocumentQuery
from axis.documents.listing import list_documents
from axis.documents.tables import (
    RECIPIENTS_PER_DOCUMENT,
    attachments,
    deliveries,
    documents,
    signature_facts,
)
from axis.documents.text_search import searchable

BATCH = 10_000
AUDITOR = Caller("auditor", None, subtree=False, name="bench", token_id="bench")
AGENCY = Caller("agency", "000.00.00.H24", subtree=False, name=None, token_id="bench")
TEXT = """
triển khai đề án chuyển đổi số phòng chống thiên tai trên địa bàn tỉnh báo cáo kết quả thực hiện nghị quyết
phê duyệt dự toán kinh phí tổ chức hội nghị tổng kết công tác cải cách hành chính uỷ ban nhân dân sở ngành
mời họp thủ tướng chính phủ liên thông văn bản điện tử ký số xác thực dữ liệu quốc gia
"""
WORDS = TEXT.split()
TYPES = ("cong-van",) * 20 + ("quyet-dinh",) * 6 + ("bao-cao",) * 6 + ("thong-bao", "to-trinh", "giay-moi")
OUTCOMES = (
    *[("TOTAL-PASSED", None, "both")] * 600,
    *[("TOTAL-PASSED", None, "organisation")] * 250,
    *[(None, None, "none")] * 140,
    *[("INDETERMINATE", "TRY_LATER", "none")] * 9,
    ("TOTAL-FAILED", "REVOKED", "none"),
)
QUERIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("everything", {}),
    ("from the middle", {"after": "1500000"}),
    ("sender", {"sender": "H24"}),
    ("sender and recipient", {"sender": "H24", "recipient": "G05"}),
    ("recipient and type", {"recipient": "H05", "type": "giay-moi"}),
    ("one day", {"from": "2019-06-03", "to": "2019-06-03"}),
    ("last month, sender", {"from": "2019-12-01", "to": "2019-12-28", "sender": "H24"}),
    ("half a year, type", {"from": "2019-07-01", "type": "bao-cao"}),
    ("failed", {"indication": "TOTAL-FAILED"}),
    ("revoked, sender", {"sub_indication": "REVOKED", "sender": "H24"}),
    (
        "indeterminate, type, recipient",
        {"indication": "INDETERMINATE", "type": "to-trinh", "recipient": "H05"},
    ),
    ("nothing signed", {"indication": "none"}),
    ("recalls", {"action": "recall"}),
    ("number", {"number": "654321/UBND-VX"}),
    ("certificate", {"certificate": f"{24:064x}"}),
    ("algorithm", {"algorithm": "rsa-3072-sha256"}),
    ("algorithm nobody used", {"algorithm": "rsa-1024-sha1"}),
    ("status", {"status": "16"}),
    ("status and recipient", {"status": "02", "recipient": "H05"}),
    ("common word", {"text": "báo cáo"}),
    ("rare word", {"text": "hydroxychloroquine"}),
    ("phrase of common words", {"text": '"văn bản điện tử"'}),
    ("no such word", {"text": "xyzzy"}),
    ("common word, sender, type", {"text": "văn bản", "sender": "H24", "type": "giay-moi"}),
    ("thousand of everything", {"limit": 1000}),
)


DELIVERY_QUERIES: tuple[tuple[str, dict[str, Any]], ...] = (
    *((name, filters) for name, filters in QUERIES if name != "common word, sender, type"),
    ("counted, recipient", {"counted": "true", "recipient": "H05"}),
    ("refused", {"state": "refused"}),
    ("refused, recipient", {"state": "refused", "recipient": "H05"}),
    ("withdrawn", {"state": "withdrawn"}),
    ("pending, sender", {"state": "pending", "sender": "H24"}),
    ("level and signed", {"sender_level": "1", "signed": "false"}),
    ("urgent", {"priority": "urgent"}),
    ("overdue", {"deadline": "overdue"}),
    ("overdue, recipient", {"deadline": "overdue", "recipient": "H05"}),
    ("answered late, recipient", {"deadline": "late", "recipient": "H05"}),
)


def main() -> None:
    """Fill a store and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument(
        "--database", help="an empty store's URL; without it a SQLite file in a temporary folder"
    )
    parser.add_argument("--keep", action="store_true", help="the store is filled already")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(arguments.database or f"sqlite:///{folder}/axis.db")
        if not arguments.keep:
            migrate(database)
            fill(database, arguments.documents)
        for caller in (AUDITOR, AGENCY):
            print(f"\n{caller.role}: items, more to come, worst and best milliseconds of a page")
            for name, filters in QUERIES:
                query = DocumentQuery.model_validate(filters)
                measure(database, name, lambda tx, q=query, c=caller: list_documents(tx, q, c))
            print(f"\n{caller.role}: deliveries")
            for name, filters in DELIVERY_QUERIES:
                wanted = DeliveryQuery.model_validate(filters)
                measure(database, name, lambda tx, q=wanted, c=caller: list_deliveries(tx, q, c))
        print("\ncertificates: those of a page, with first and last use and the number of documents")
        measure(database, "certificates", certificates)
        database.close()


def certificates(tx: Read) -> tuple[list[int], str | None]:
    """Read what a page of certificates in use reads of signatures."""
    found = next_certificates(tx, "", 101)
    return list(count_documents(tx, [row.certificate for row in found[:100]]).values()), None


def measure(database: Database, name: str, read: Callable[[Read], tuple[list[Any], str | None]]) -> None:
    """Time one page."""
    taken: list[float] = []
    for _ in range(4):
        started = time.perf_counter()
        with database.read() as tx:
            items, following = read(tx)
        taken.append((time.perf_counter() - started) * 1000)
    more = "more" if following else "end"
    print(f"{name:34s} {len(items):5d} {more:5s} {max(taken):8.1f} {min(taken):8.1f}")


def fill(database: Database, count: int) -> None:
    """Write documents, a position apart for the statuses between them."""
    started = time.perf_counter()
    made = _made(count)
    while batch := [row for _, row in zip(range(BATCH), made, strict=False)]:
        database.write(lambda tx, batch=batch: _write(tx, batch))
    print(f"{count} documents written in {time.perf_counter() - started:.0f} s")


def _write(tx: Any, batch: list[dict[str, Any]]) -> None:
    for table in (documents, deliveries, attachments, signature_facts):
        rows = [row for each in batch for row in each[table.name]]
        if rows:
            tx.execute(table.insert(), rows)


def _made(count: int) -> Iterator[dict[str, list[dict[str, Any]]]]:
    chance = random.Random(1)
    agencies = [f"000.00.00.H{number:02d}" for number in range(1, 64)]
    agencies += [f"000.00.00.G{number:02d}" for number in range(1, 30)]
    for index in range(count):
        document = _document(chance, index, count, chance.choice(agencies))
        position, signed = document["position"], document["indication"] is not None
        recipients = chance.sample(agencies, chance.choice((1, 1, 2, 5)))
        yield {
            "documents": [document],
            "deliveries": [
                _delivery(chance, document, ordinal, recipient)
                for ordinal, recipient in enumerate(recipients)
            ],
            "attachments": [
                {
                    "document": position,
                    "ordinal": 0,
                    "name": "van-ban.pdf",
                    "media_type": "application/pdf",
                    "size": 20_000,
                    "sha256": f"{index:064x}",
                    "content": b"%PDF",
                }
            ],
            "signature_facts": [_fact(chance, document)] if signed else [],
        }


def _document(chance: random.Random, index: int, count: int, sender: str) -> dict[str, Any]:
    number = f"{index}/UBND-VX"
    subject = "V/v " + " ".join(chance.choices(WORDS, k=16))
    if index % 100_000 == 5:
        subject += " hydroxychloroquine"
    indication, sub_indication, signed_by = chance.choice(OUTCOMES)
    return {
        "position": index * 2,
        "id": f"{index:036d}",
        "sender": sender,
        "number": number,
        "issued_on": "2019-06-03",
        "type": chance.choice(TYPES),
        "subject": subject,
        "searchable": searchable(number, subject),
        "priority": "normal",
        "action": "recall" if chance.random() < 0.002 else "new",
        "manifest_sha256": f"{index:064x}",
        "accepted_at": 1_546_275_600_000_000 + index,
        "day": f"2019-{1 + index * 12 // count:02d}-{1 + index * 336 // count % 28:02d}",
        "indication": indication,
        "sub_indication": sub_indication,
        "signed_by": signed_by,
    }


def _delivery(
    chance: random.Random, document: dict[str, Any], ordinal: int, recipient: str
) -> dict[str, Any]:
    usual = chance.random() > 0.001  # one in a thousand is refused
    return {
        "position": document["position"] * RECIPIENTS_PER_DOCUMENT + ordinal,
        "document": document["position"],
        "ordinal": ordinal,
        "recipient": recipient,
        **_state(chance.choice(("01", "03", "03", "06", None) if usual else ("02", "16"))),
        "answer_due": document["accepted_at"] + 3_600_000_000,
        **{name: document[name] for name in ("sender", "type", "action", "day")},
    }


def _state(status: str | None) -> dict[str, Any]:
    """Return what a delivery with this newest status has in its row."""
    answered = status not in {None, "01", "16"}
    return {
        "status": status,
        "processing": None if status == "16" else status,
        "request": "refused" if status == "16" else None,
        "request_action": "recall" if status == "16" else None,
        "answered_at": 1_546_275_600_000_000 if answered else None,
    }


def _fact(chance: random.Random, document: dict[str, Any]) -> dict[str, Any]:
    return {
        "document": document["position"],
        "ordinal": 0,
        "algorithm": chance.choice(("ecdsa-p256-sha256", "rsa-2048-sha256", "rsa-3072-sha256")),
        "issuer": "CN=CA cơ quan nhà nước",
        "certificate": f"{int(document['sender'][-2:]):064x}",
    }


if __name__ == "__main__":
    main()
