"""Where the player id, the opt-out and events that could not be sent survive the end of the program."""
import os
import pathlib


class FileStorage:
    """One small file per value in a folder of this program's own. Two programs must not share the folder."""

    def __init__(self, folder):
        self._folder = pathlib.Path(folder)

    def get(self, name: str) -> str:
        try:
            return (self._folder / name).read_bytes().decode("utf-8", "replace")
        except OSError:
            return ""

    def set(self, name: str, value: str) -> None:
        """An empty value removes the file. A disk that refuses is no reason to stop a game."""
        path = self._folder / name
        try:
            if not value:
                path.unlink()
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            half = path.with_name(name + ".new")
            half.write_bytes(value.encode("utf-8"))
            os.replace(half, path)
        except OSError:
            pass
