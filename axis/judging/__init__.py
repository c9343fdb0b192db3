"""Judges signatures with what the hub trusts: the judge, its workers, cached paths, signed attachments."""
