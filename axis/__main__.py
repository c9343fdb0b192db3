"""`python -m axis`: the same as the command `axis`."""

import sys

from axis.cli import main

if __name__ == "__main__":
    sys.exit(main())
