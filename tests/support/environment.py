"""The environment of the tests and of what they start, free of what an outer `make`, git or shell put in.

So `make test ARGS=-x`, `make -j4 test` and a test started by hand see the same.
`tests/conftest.py` calls `clean` once in each process of tests; programs that tests start inherit the rest.
"""

import os

OF_MAKE = {
    "ARGS", "GNUMAKEFLAGS", "MAKEFILES", "MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MAKE_RESTARTS",
    "MAKE_TERMERR", "MAKE_TERMOUT", "MFLAGS", "PYTHON",
}  # fmt: skip
"""What make hands to what it starts, and what our Makefile takes from its environment."""
OF_TERMINALS = {"COLUMNS", "LINES", "FORCE_COLOR", "PY_COLORS", "PYTHON_COLORS"}
"""What changes how commands lay out their help."""
OF_PYTHON = {"PYTHONDONTWRITEBYTECODE"}
"""What would have each program that tests start compile all its modules anew."""
BEGINNINGS = ("AXIS_", "GIT_")
"""Settings of the hub; and of git, which sets its own while a hook runs."""


def is_foreign(name: str) -> bool:
    """Whether a variable would change what the tests see."""
    return name in OF_MAKE | OF_TERMINALS | OF_PYTHON or name.startswith(BEGINNINGS)


def clean() -> None:
    """Take such variables out of this process."""
    for name in [name for name in os.environ if is_foreign(name)]:
        del os.environ[name]


def inherited() -> dict[str, str]:
    """The environment for a program; also without what a test has set for this process alone."""
    return {name: value for name, value in os.environ.items() if not is_foreign(name)}
