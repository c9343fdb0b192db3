"""Ceilings without a server: the arithmetic of a document, and the commit of its row."""

import hashlib
import time
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks.alternating_rounds import Side
from benchmarks.bare_server import SIGNED, open_postgresql, open_sqlite
from benchmarks.server_processes import Store

ATTACHMENT = bytes(20_000)


def bare_crypto(documents: int) -> Side:
    """Hash an attachment and verify one P-256 signature for each document."""
    algorithm = ec.ECDSA(hashes.SHA256())
    key = ec.generate_private_key(ec.SECP256R1())
    signature, public = key.sign(SIGNED, algorithm), key.public_key()

    def work() -> None:
        for _ in range(documents):
            hashlib.sha256(ATTACHMENT).digest()
            public.verify(signature, SIGNED, algorithm)

    return _measured(work, documents)


def bare_commit(store: Store, documents: int, group: int) -> Side:
    """Append a row for each document, `group` of them in one durable commit."""
    if store.url.startswith("sqlite"):
        commit = open_sqlite(f"{store.folder}/bare-commit.db")
    else:
        commit = open_postgresql(store.url)
    row = (hashlib.sha256(ATTACHMENT).digest(), len(ATTACHMENT))

    def work() -> None:
        for begin in range(0, documents, group):
            commit([row] * min(group, documents - begin))

    return _measured(work, documents)


def _measured(work: Callable[[], None], documents: int) -> Side:
    began, used = time.perf_counter(), time.process_time()
    work()
    seconds, processor = time.perf_counter() - began, time.process_time() - used
    return Side(documents / seconds, processor * 1000 / documents)
