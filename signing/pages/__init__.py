"""What all pages share: stylesheet, formats of figures and times, and pages that stand alone as a file.

Evidence, reports, audits and the hub's pages use it, so it knows none of them and needs no hub.
"""
