"""Large contents, such as attachments that do not fit in a row: received, stored and removed.

`axis.objects.spool` holds bytes while they are received. `axis.objects.store` keeps them.
"""
