"""The image is made of every package that is installed, and of nothing that its build does not see."""

import re
import tomllib

from support.project import ROOT


def test_every_package_is_copied_into_the_image_and_seen_by_its_build():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {name.rstrip("*") for name in settings["tool"]["setuptools"]["packages"]["find"]["include"]}
    copied = set(
        re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    seen = {
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").split() if line[0] == "!"
    }
    assert copied == packages
    assert packages <= seen
