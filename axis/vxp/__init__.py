"""The old protocol: the real axis's own wire protocol, in front of intake and deliveries.

A message becomes a document or a status like any other. The modules:

- a call, from headers to reply: `routes`, `calls`, `context`, `calling_systems`, `replies`, `failed_calls`
- incoming: `send_edoc` (the steps), `message_upload`, `addressing`, `manifests`, `envelope_signatures`,
  `message_refusals`, and for statuses `status_messages`, `references`
- outgoing: `received_list`, `sent_list`, `get_edoc`, `message_contents`, `message_composition`,
  `transport_states`, `dates`
- the directory: `agencies_list`, `register_agency`

docs/vxp.md says what differs from the published client, versions 2.0.0 and 2.0.1.
"""
