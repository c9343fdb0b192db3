"""`python -m nodes`: the command `nodes` without an installed script."""

from nodes.cli import main

raise SystemExit(main())
