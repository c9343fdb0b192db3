"""The wheel and the source archive hold what the packages need, and the wheel runs away from the checkout."""

import os
import subprocess
import sys
import tarfile
import zipfile

import pytest
from support.project import ROOT

BUILD = """
import sys
from setuptools import build_meta
folder = sys.argv[1]  # setuptools changes the arguments
print(build_meta.build_sdist(folder), build_meta.build_wheel(folder), sep="\\n")
"""
FOR_DEVELOPMENT = {"axis/web/catalogues/extraction.ini", "migrations/script.py.mako"}
PACKAGES = ("axis", "charts", "nodes", "signing", "migrations", "benchmarks")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The source archive of the tracked files, and the wheel made from it, by their paths."""
    folder = tmp_path_factory.mktemp("dist")
    tree = folder / "tree"
    tree.mkdir()
    listed = subprocess.run(
        ["git", "ls-files", "-z", *PACKAGES, "pyproject.toml", "README.md", "LICENSE"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("no git checkout: which files belong to the packages is not known")
    names = [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).exists()]
    for name in names:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes((ROOT / name).read_bytes())
    done = subprocess.run(
        [sys.executable, "-c", BUILD, folder], cwd=tree, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    source, wheel = (folder / name for name in done.stdout.split()[-2:])
    return names, source, wheel


def test_whatever_lies_in_the_packages_is_in_both(built):
    names, source, wheel = built
    inside = {name for name in names if name.startswith(PACKAGES) and "/" in name} - FOR_DEVELOPMENT
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = set(archive.namelist())
    with tarfile.open(source) as archive:
        in_source = {name.partition("/")[2] for name in archive.getnames()}
    assert sorted(inside - in_wheel) == []
    assert sorted(inside - in_source) == []


def test_the_wheel_runs_away_from_the_checkout(built, tmp_path):
    _, _, wheel = built
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path / "site"),
        "AXIS_DATABASE_URL": "sqlite:///axis.db",
    }
    for command in (["axis", "migrate"], ["nodes", "scenarios", "list"]):
        done = subprocess.run(
            [sys.executable, "-c", f"import {command[0]} as found; print(found.__file__)"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.startswith(str(tmp_path / "site"))
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
