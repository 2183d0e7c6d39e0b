"""Fixtures of the suites that run the real binary."""
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from gamemetrics_server import Server  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def no_server_outlives_its_test():
    """Tests start servers by hand, too; a failure in between must not leave one behind."""
    before = len(Server.started)  # those of fixtures that several tests share stay
    yield
    for process in Server.started[before:]:
        if process.poll() is None:
            process.kill()
            process.wait()
    del Server.started[before:]


@pytest.fixture
def server(tmp_path):
    """A fresh server with its own data directory; stopped at the end."""
    running = Server(tmp_path / "data")
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def real_data():
    """The directory of real event data sets, or a skip that names what is missing."""
    directory = pathlib.Path(os.environ.get("GM_SHARED_DIR", ROOT.parent / "shared")) / "data"
    if not directory.is_dir():
        pytest.skip("real data sets are absent: set GM_SHARED_DIR to a directory with data/browser-game-events.ndjson.gz")
    return directory
