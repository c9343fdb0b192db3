"""Makes the Python environments that peers run in, by pip from pinned files."""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

PINS = Path(__file__).parent
INSTALL_SECONDS = 900


class NoEnvironmentError(Exception):
    """A peer's packages could not be installed; the message says what pip said."""


def make_environment(folder: Path, peer: str) -> Path:
    """Return the Python of a peer's environment below `folder`; one that is there already is used again.

    Raises:
        NoEnvironmentError: when pip cannot install what the peer needs.

    """
    pins = PINS / f"{peer}.txt"
    home = folder / peer
    python, stamp = home / "bin" / "python", home / "installed"
    wanted = hashlib.sha256(pins.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    print(f"installing {peer} into {home}", file=sys.stderr)
    venv.create(home, clear=True, with_pip=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    try:
        subprocess.run(
            [*command, "--requirement", str(pins)],
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
        )
    except subprocess.CalledProcessError as error:
        raise NoEnvironmentError(_refusal(peer, error.stderr)) from None
    except subprocess.TimeoutExpired:
        raise NoEnvironmentError(_refusal(peer, f"no end after {INSTALL_SECONDS} seconds")) from None
    stamp.write_text(wanted, encoding="utf-8")
    return python


def _refusal(peer: str, said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    return (
        f"pip could not install {peer}, which is measured in an environment of its own; this needs a package "
        f"index that pip reaches. It said: {lines[-1] if lines else 'nothing'}"
    )
