"""The protocol by which one-stop systems speak to the Public Service Portal, answered for real.

- `app`: the HTTP of it, and the portal's pages beside it
- `operations`: login, look-ups, synchronising dossiers and their progress
- `payloads`: what a dossier or a step of its progress says, as a message's item
- `replies`: the envelope of all answers, its codes and texts
- `sessions`: who is logged in
- `units`: what came in goes over the axis as a signed message of the sending unit
"""
