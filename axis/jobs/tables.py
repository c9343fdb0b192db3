"""Tables of jobs, and of leases on what one process at a time does."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from axis.database import metadata

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("owner", String(36), nullable=False),  # the id of the token that asked for it
    Column("request_id", String(64), nullable=False),
    Column("params", Text, nullable=False),  # this and the next in JSON
    Column("checkpoint", Text),
    Column("result", Text),
    Column("problem", Text),  # as `axis.protocol.stored_errors` writes it
    Column("state", String(9), nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger),  # null until it is known
    Column("lease", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("holder", String(100)),
    Column("due_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),  # these and `due_at` by the store's own clock
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    Index("ix_jobs_due_at", "due_at"),
    Index("ix_jobs_owner_created_at_id", "owner", "created_at", "id"),
    Index("ix_jobs_created_at_id", "created_at", "id"),
    Index("ix_jobs_ended_at", "ended_at"),
)
"""`due_at` says when a process may take the job: a queued one from then on, a running one when its lease has
ended; an ended one has none. `lease` is raised each time it is taken, and whoever held an older one writes no
more. `attempts` counts how often it was taken since it last came forward."""

leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", String(100), nullable=False),
    Column("number", BigInteger, nullable=False),  # raised with every change of the holder
    Column("until", BigInteger, nullable=False),
)
