"""Watches a hub's ledger as it grows, and cosigns checkpoints that follow from what was seen before.

What was seen is stored before a checkpoint is cosigned, so that this holds after a restart too. C2SP
tlog-cosignature.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from axis.audit.audit_folder import State
from axis.audit.errors import HubRefusedError, HubUnreachableError, StateRefusedError
from axis.audit.hub_client import HubClient
from axis.audit.ledger_keys import believed_keys
from axis.audit.ledgers import MirroredLedgers
from axis.audit.recount import Recount
from signing.cosignatures import Cosigner
from signing.notes import VerifierKey, split_note

KEY_FILE: Final = "witness-key.pem"

Say = Callable[[str], object]
"""Is told in a line what is worth telling: each cosignature, and a hub that does not answer."""


def witness_key(folder: Path, name: str) -> Cosigner:
    """Return the witness's key in the state's folder, made there at first, for its owner alone.

    Raises:
        StateRefusedError: when the file holds no Ed25519 key, or the name is none that a key may have.

    """
    path = folder / KEY_FILE
    if not path.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.new")
        draft.touch(mode=0o600)
        draft.write_bytes(pem)
        draft.replace(path)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise StateRefusedError(f"{path} holds no key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise StateRefusedError(f"{path} holds no Ed25519 key")
    return Cosigner("".join("-" if char == "+" or char.isspace() else char for char in name), key)


def follow(
    state: State,
    hub: HubClient,
    keys: tuple[VerifierKey, ...],
    cosigner: Cosigner,
    *,
    say: Say,
    wait: Callable[[], object],
) -> None:
    """Watch without end: look, cosign what is new, wait. A hub that does not answer is asked again later.

    Raises:
        LedgerBrokenError: when the ledger did not only grow.

    """
    believed = believed_keys(state, hub, keys)
    mirror = MirroredLedgers(state, hub, believed, Recount(state).take, lambda _done, _of: None)
    cosigned = -1
    while True:
        try:
            checkpoint = mirror.catch_up()
            if mirror.end > cosigned:
                give(hub, cosigner, mirror.note)
                cosigned = mirror.end
                say(f"{checkpoint.size} entries, root {checkpoint.root.hex()}: cosigned")
        except (HubUnreachableError, HubRefusedError) as error:
            state.rows.rollback()
            say(f"the hub does not answer: {error}")
        wait()


def give(hub: HubClient, cosigner: Cosigner, note: str) -> None:
    """Cosign a checkpoint that was checked, and give the cosignature to the hub.

    Raises:
        HubUnreachableError, HubRefusedError: when the hub does not take it.

    """
    text, _ = split_note(note)
    line = cosigner.cosign(text, int(time.time()))
    hub.post("/v1/ledger/cosignatures", {"vkey": str(cosigner.verifier), "note": f"{text}\n{line}"})
