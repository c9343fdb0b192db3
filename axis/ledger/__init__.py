"""The append-only Merkle log in which every acceptance, refusal and status is a leaf.

It keeps the tree, signs one checkpoint for every group that commits together, and gives receipts that check
offline. It does not know what leaves mean. Hashing is RFC 6962's, the rest is C2SP's (tlog-tiles,
tlog-checkpoint, tlog-proof).
"""
