"""The checks of `axis fsck` beside the tree's own: rows against leaves, contents against digests."""
