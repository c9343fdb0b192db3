"""Files that hold signatures beside what they sign: ASiC containers, OpenDocument files, S/MIME messages.

`reading` takes ZIP archives apart, by `archive` and `asic_manifest`; `messages` does so with e-mail, by
`mime`. `findings` is what they give, and `judging` brings it to the one procedure of `signing.verify`. ETSI
EN 319 162-1, RFC 8551.
"""
