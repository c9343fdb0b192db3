"""Alembic migrations of the store, the same for SQLite and PostgreSQL.

`HEAD` is the newest revision, so that a hub can tell an old store from a current one without loading Alembic.

Revisions are numbers of four digits, each above the last. A migration that leaves hubs of the revision before
it at work says `OLDER_HUBS_RUN = True` beside its `revision`: it adds tables, indexes, or columns that may be
left out, and takes, renames and narrows nothing. Where it says nothing, hubs and store change together.
"""

HEAD = "0030"
