"""The files of this project, for the tests that read the project itself."""

import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

OURS = ("axis", "charts", "nodes", "signing")
"""The packages that are installed."""

# What a copy without git may hold beside the project: made by tools, never committed.
MADE = {".venv", "build", "dist", "axis-data", "__pycache__"}


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project: what git tracks, or what lies there in a copy without git."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        )
        found = (ROOT / name for name in listed.stdout.split("\0") if name)
    else:
        found = (path for path in ROOT.rglob("*") if not hidden_or_made(path.relative_to(ROOT)))
    return tuple(sorted(path for path in found if path.is_file()))


def hidden_or_made(path: Path) -> bool:
    """Whether a relative path leads through a folder that tools made (`.ci` is ours)."""
    return any(
        part in MADE or part.endswith(".egg-info") or (part.startswith(".") and part != ".ci")
        for part in path.parts[:-1]
    )


def python_files(*folders: str) -> list[Path]:
    """The Python files of the project, or of the named top folders; written migrations are left out."""
    return [
        path
        for path in files()
        if path.suffix == ".py"
        and "versions" not in path.parts
        and (not folders or path.relative_to(ROOT).parts[0] in folders)
    ]


def name(path: Path) -> str:
    """A file's path inside the project, as messages show it."""
    return path.relative_to(ROOT).as_posix()


@cache
def pyproject() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
