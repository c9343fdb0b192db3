"""The agencies' side: programs that talk to the hub over HTTP.

It imports `signing` and `axis.protocol`, and no other part of the hub. Read it in this order:

- `registry`    the agencies that exist, by code
- `client`      one agency's HTTP client; `wire` carries bytes, `retries` says when to try again, `results`
  is what comes back
- `writing`     a document as an agency writes it: `letters` the words, `pdf` the file; manifest, signatures;
  `pdf_signing` signs the file itself
- `vxp`         the client of the old protocol; `messages` writes its edXML, and
  `doors` lets the swarm use REST or the old protocol
- `node`        what a document system does with what arrives, a pure function; `running` drives it
- `scenario`    a country's traffic as TOML; `planner` turns it into single documents; `swarm` sends them
- `measure`     what was expected beside what the hub's own statistics say
- `hub`         a hub process for a demonstration
- `cli`         the command `nodes`
"""
