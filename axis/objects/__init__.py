"""Large contents: the bytes of attachments and messages that do not fit in a row.

`spool` holds bytes while they are received. `store` keeps them, and it alone knows where they are. The room
does not know documents: it is told which columns claim an object.
"""
