"""Tables of accepted documents and of refusals. A row's key is its position in the ledger."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text, text

from axis.database import metadata

_POSITION = BigInteger().with_variant(Integer, "sqlite")  # on SQLite the row's own number: no index beside it

NOT_NEW = text("action <> 'new'")
"""The condition of an index that leaves out common values. A query must repeat it word for word to use the
index."""

SENT_LATE = text("accepted_at > send_due")
UNANSWERED = text("answered_at IS NULL AND answer_due IS NOT NULL")
ANSWERED_LATE = text("answered_at > answer_due")
"""Conditions of indexes of deadlines, to be repeated word for word, too (`axis.documents.deadlines`)."""

documents = Table(
    "documents",
    metadata,
    Column("position", _POSITION, primary_key=True, autoincrement=False),
    Column("id", String(36), nullable=False, unique=True),
    Column("sender", String(32), nullable=False),
    Column("number", String(100), nullable=False),
    Column("issued_on", String(10), nullable=False),
    Column("type", String(32), nullable=False),
    Column("subject", Text, nullable=False),
    Column("searchable", Text, nullable=False),  # the folded words of number and subject
    Column("priority", String(16), nullable=False),
    Column("action", String(8), nullable=False),
    Column("manifest_sha256", String(64), nullable=False),
    Column("accepted_at", BigInteger, nullable=False),
    Column("day", String(10), nullable=False),
    Column("indication", String(16)),
    Column("sub_indication", String(40)),
    Column("signed_by", String(12), nullable=False),
    Column("kind", String(31)),  # of a message: what it is about
    Column("signed_on", String(10)),  # the day from which it had to be sent
    Column("send_due", BigInteger),  # the last moment to send it in time; none of a recall or message
    Column("relay", String(60)),  # the relay that handed it over; None where its sender sent it
    Index("ix_documents_sender_position", "sender", "position"),
    Index("ix_documents_day_position", "day", "position"),
    Index("ix_documents_type_position", "type", "position"),
    Index("ix_documents_indication_position", "indication", "position"),
    Index("ix_documents_signed_by_position", "signed_by", "position"),
    Index(
        "ix_documents_sub_indication_position",
        "sub_indication",
        "position",
        sqlite_where=text("sub_indication IS NOT NULL"),
        postgresql_where=text("sub_indication IS NOT NULL"),
    ),
    Index(
        "ix_documents_action_position",
        "action",
        "position",
        sqlite_where=NOT_NEW,
        postgresql_where=NOT_NEW,
    ),
    Index("ix_documents_sent_late", "sender", "position", sqlite_where=SENT_LATE, postgresql_where=SENT_LATE),
)
"""`indication` … `signed_by` repeat the newest standing verdict, so that lists can be filtered by it."""

manifests = Table(
    "manifests",
    metadata,
    Column("document", _POSITION, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)
"""The signed bytes. They have a table of their own, so that the rows that lists read are nine times
smaller."""

RECIPIENTS_PER_DOCUMENT = 1024
"""More than the 1,000 recipients a manifest may name."""

UNUSUAL = text("(processing = '02' OR request IS NOT NULL)")
"""The condition of the index of deliveries that were refused, or that their sender wanted back or changed. A
query must repeat it word for word to use the index."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("position", _POSITION, primary_key=True, autoincrement=False),
    Column("document", BigInteger, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("sender", String(32), nullable=False),
    Column("recipient", String(32), nullable=False),
    Column("type", String(32), nullable=False),
    Column("action", String(8), nullable=False),
    Column("day", String(10), nullable=False),
    Column("processing", String(2)),
    Column("request", String(8)),  # open, agreed or refused
    Column("request_action", String(8)),  # recall, update or replace
    Column("status", String(2)),  # the newest code, and who sent it with which note
    Column("status_by", String(32)),
    Column("status_note", Text),
    Column("status_at", BigInteger),
    Column("request_document", String(36)),  # the id of the document that asks, where one does
    Column("answer_due", BigInteger),  # the last moment to answer it in time; none of a recall or message
    Column("answered_at", BigInteger),  # when the first answer came; 01, 13 and 16 are none
    Index("ix_deliveries_recipient_position", "recipient", "position"),
    Index("ix_deliveries_document", "document"),
    Index("ix_deliveries_unusual", "position", sqlite_where=UNUSUAL, postgresql_where=UNUSUAL),
    Index(
        "ix_deliveries_request_document",
        "request_document",
        sqlite_where=text("request_document IS NOT NULL"),
        postgresql_where=text("request_document IS NOT NULL"),
    ),
    Index("ix_deliveries_answer_due", "answer_due", sqlite_where=UNANSWERED, postgresql_where=UNANSWERED),
    Index(
        "ix_deliveries_unanswered",
        "recipient",
        "position",
        sqlite_where=UNANSWERED,
        postgresql_where=UNANSWERED,
    ),
    Index(
        "ix_deliveries_answered_late",
        "recipient",
        "position",
        sqlite_where=ANSWERED_LATE,
        postgresql_where=ANSWERED_LATE,
    ),
)
"""One document for one recipient. It is written with its document; `axis.deliveries` changes its status. Its
position is the document's position in the ledger times 1,024 plus the recipient's place in the manifest: an
integer that orders every inbox as the ledger does.
"""

expired_deliveries = Table(
    "expired_deliveries",
    metadata,
    Column("delivery", _POSITION, primary_key=True, autoincrement=False),
    Column("event", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""Deliveries whose sender was told that the receiver had left them without a status for too long, and when.
They may have been answered since. `event` is the position of the event and of its leaf.
"""

attachments = Table(
    "attachments",
    metadata,
    Column("document", BigInteger, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("media_type", String(255), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", LargeBinary),
    Column("upload", String(36)),
    Index(
        "ix_attachments_upload",
        "upload",
        sqlite_where=text("upload IS NOT NULL"),
        postgresql_where=text("upload IS NOT NULL"),
    ),
)
"""Small contents are in `content`, large ones in an object (`axis.objects`)."""

document_signatures = Table(
    "document_signatures",
    metadata,
    Column("document", BigInteger, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
    Column("sha256", String(64), nullable=False),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("document", BigInteger, primary_key=True, autoincrement=False),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("policy", String(64), nullable=False),
    Column("trust", String(64), nullable=False),
    Column("indication", String(16)),
    Column("sub_indication", String(40)),
    Column("signed_by", String(12), nullable=False),
    Column("report", Text, nullable=False),
)
"""Append-only. Sequence 0 is the verdict at acceptance; later verdicts are added."""

signature_facts = Table(
    "signature_facts",
    metadata,
    Column("document", BigInteger, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("algorithm", String(64)),
    Column("issuer", Text),
    Column("certificate", String(64)),
    Column("kind", String(12)),  # whose certificate: organisation or person
    Index("ix_signature_facts_certificate", "certificate", "document"),
)
"""What the newest standing verdict says of each signature. Lists are filtered by it."""

references = Table(
    "document_references",
    metadata,
    Column("document", BigInteger, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("sender", String(32), nullable=False),
    Column("number", String(100), nullable=False),
    Column("issued_on", String(10), nullable=False),
    Column("target", BigInteger),
    Index("ix_document_references_target", "target"),
)

manifest_identities = Table(
    "manifest_identities",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("document", BigInteger, nullable=False),
)

number_identities = Table(
    "number_identities",
    metadata,
    Column("sender", String(32), primary_key=True),
    Column("number", String(100), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("document", BigInteger, nullable=False),
)

envelopes = Table(
    "envelopes",
    metadata,
    Column("document", _POSITION, primary_key=True, autoincrement=False),
    Column("document_id", String(255), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("content", LargeBinary),
    Column("upload", String(36)),
    Column("warnings", Text, nullable=False),
    Index("ix_envelopes_document_id", "document_id"),
    Index(
        "ix_envelopes_upload",
        "upload",
        sqlite_where=text("upload IS NOT NULL"),
        postgresql_where=text("upload IS NOT NULL"),
    ),
)
"""The edXML message in which a document came, byte for byte. `document_id` is the message's own id."""

OBJECT_CLAIMS = (attachments.c.upload, envelopes.c.upload)
"""The columns that name objects. An object that none of them names belongs to no document."""

envelope_identities = Table(
    "envelope_identities",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("document", BigInteger, nullable=False),
)
"""The identities of messages; as those of manifests, for ever."""

refusals = Table(
    "refusals",
    metadata,
    Column("position", _POSITION, primary_key=True, autoincrement=False),
    Column("id", String(36), nullable=False, unique=True),
    Column("sender", String(32), nullable=False),
    Column("number", String(100)),
    Column("at", BigInteger, nullable=False),
    Column("day", String(10), nullable=False),
    Column("code", String(32), nullable=False),
    Column("manifest_sha256", String(64)),
    Column("problem", Text, nullable=False),
    Column("verdict", Text),
    Column("request_id", String(64)),
    Index("ix_refusals_request_id_position", "request_id", "position"),
    Index("ix_refusals_sender_position", "sender", "position"),
    Index("ix_refusals_code_position", "code", "position"),
    Index("ix_refusals_day_position", "day", "position"),
)
"""`problem` holds the code's parameters and places as JSON, in no language; `verdict` as in `verdicts`.

`request_id` is what the answer and the log called the request; None for refusals older than the column.
"""
