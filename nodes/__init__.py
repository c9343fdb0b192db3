"""The agencies' side: programs that talk to the hub over HTTP.

Read it in this order:

- `known_agencies`: the agencies that exist, by code
- `client`: one agency's HTTP client; `http_connections` sends its requests, `retries` says when to try again,
  `answers` is what comes back
- `document_writer`: a document as an agency writes it, with manifest and signatures; `invented_texts` gives
  the words, `pdf` the file, and `pdf_signing` signs the file itself
- `vxp`: the client of the old protocol; `edxml_messages` writes its edXML, and `swarm_clients` lets the swarm
  use REST or the old protocol
- `node`: what a document system does with what arrives, a pure function; `node_loop` drives it
- `scenario`: a country's traffic as TOML; `planner` turns it into single documents; `swarm` sends them
- `comparison`: what was expected beside what the hub's own statistics say; `comparison_table` prints it
- `hub_process`: a hub process for a demonstration
- `cli`: the command `nodes`
"""
