"""Interpreters with exactly the packages of one requirements file, made once and kept in build/."""
import subprocess
import sys

from gamemetrics_server import ROOT


def pinned_python(name, requirements):
    """The interpreter of build/<name>, which has what `requirements` (a path) lists."""
    environment = ROOT / "build" / name
    interpreter, done = environment / "bin/python", environment / "installed.txt"
    if not done.is_file() or done.read_text() != requirements.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True, timeout=120)
        subprocess.run([interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements],
                       check=True, timeout=300)
        done.write_text(requirements.read_text())
    return interpreter
