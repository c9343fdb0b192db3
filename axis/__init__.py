"""The hub: routes electronic documents between agencies, verifies their signatures and proves its figures.

Start reading at `axis.app`, the composition root. CONTRIBUTING.md has the rooms and the floors on which they
stand.
"""
