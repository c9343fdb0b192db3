"""The statement by which a log's key names its successor: a note signed by both keys.

Whoever believes the old key can so come to believe the new one. C2SP signed-note.
"""

from typing import Final

from signing.notes import NoteSigner, UnreadableNote, VerifierKey, open_note, read_verifier_key

__all__ = ["check_key_change", "sign_key_change"]

HEADER: Final = "axis ledger key change v1"
"""Has spaces, which the name of a key cannot have."""


def sign_key_change(old: NoteSigner, new: NoteSigner) -> str:
    """Return the statement. Raises `UnreadableNote` when the two are keys of different logs, or one key."""
    if old.name != new.name or old.verifier == new.verifier:
        raise UnreadableNote(part="key")
    text = f"{HEADER}\n{old.verifier}\n{new.verifier}\n"
    return old.sign(text) + new.sign(text).removeprefix(f"{text}\n")


def check_key_change(statement: str, old: VerifierKey) -> VerifierKey:
    """Return the key that a statement names, if both keys signed it and it names the old one.

    Raises:
        UnreadableNote: when it is no such statement, or names other keys.
        NoteNotTrusted: when one of the two did not sign it.

    """
    text = open_note(statement, old)
    lines = text.split("\n")
    if len(lines) != 4 or lines[0] != HEADER or lines[1] != str(old) or lines[3]:  # noqa: PLR2004 - and the end
        raise UnreadableNote(part="key")
    new = read_verifier_key(lines[2])
    if new.name != old.name or new == old:
        raise UnreadableNote(part="key")
    open_note(statement, new)
    return new
