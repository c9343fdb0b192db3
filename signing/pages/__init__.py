"""What pages share: stylesheet, formats of figures and times, and pages that stand by themselves as a file.

Evidence, reports, audits and the hub's pages use it.
"""
