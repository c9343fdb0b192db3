"""Large contents: the bytes of attachments and messages that do not fit in a row.

`spool` holds bytes while they come in. `store` keeps them for good, and is alone in knowing where they lie.
The room knows nothing of documents: who claims an object is told to it.
"""
