"""Puts contents into the store of objects, as intake does."""

from axis.database import Database
from axis.objects.spool import Spool
from axis.objects.store import Objects, put_object


def store_content(database: Database, content: bytes) -> str:
    """Return the id of an object that holds these bytes."""
    spool = Spool.of(content, memory=0)
    try:
        return put_object(Objects(database), spool)
    finally:
        spool.close()
