"""The real axis's own wire protocol, in front of intake and deliveries.

It routes, verifies and counts nothing itself: what comes in becomes a document or a status like any other,
and what goes out is read where REST reads it. Where what is:

- a call, from headers to reply: `routes`, `calling`, `systems`, `failures`, `replies`, `door`
- sending: `sending` (a document's steps), `arriving`, `routing`, `deriving`, `envelope_signatures`, `cases`,
  and for statuses `answering`, `referring`
- receiving: `receiving`, `sent`, `fetching`, `gathering`, `composing`, `transport`, `days`
- the directory: `units`, `registering`

The protocol is that of the published client, versions 2.0.0 and 2.0.1; `docs/vxp.md` says what differs.
"""
