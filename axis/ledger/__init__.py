"""The Merkle log in which acceptances, refusals, statuses and new verdicts are leaves.

A group that commits together gets one signed checkpoint. RFC 6962 for hashing, C2SP for the rest (tlog-tiles,
tlog-checkpoint, tlog-proof).
"""
