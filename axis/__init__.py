"""The hub: routes electronic documents between agencies, verifies their signatures and proves its figures.

Start reading at `axis.app`, the composition root. A room per noun lies beside it; a room imports only
from the floors below its own (`pyproject.toml` under `tool.importlinter`; CONTRIBUTING.md draws them).
"""
