"""Who plays, and in which session."""
from __future__ import annotations

from .events import NAME_BYTES_MAX, uuid7
from .options import Options


class Player:
    def __init__(self, options: Options):
        self._options = options
        self._storage = options.storage
        self.opted_out = options.opted_out if not self._stored("opted_out") else self._stored("opted_out") == "yes"
        self.is_new = False
        self.id = options.player_id or self.anonymous()
        self.level = None
        self.session_id = ""
        self.session_start_ms = 0
        self.last_ms = 0

    def anonymous(self) -> str:
        found = self._stored("player_id")
        if found:
            return found
        made = uuid7(self._options.clock_ms())
        if self._storage and not self.opted_out:
            self.is_new = True
            self._storage.set("player_id", made)
        return made

    def identify(self, player_id: str) -> bool:
        if len(player_id.encode("utf-8", "replace")) > NAME_BYTES_MAX:
            return False
        self.id = player_id or self.anonymous()
        return True

    def opt(self, out: bool) -> None:
        """Opting out forgets who it was; opting in again starts as somebody new."""
        self.opted_out = out
        if self._storage:
            self._storage.set("opted_out", "yes" if out else "no")
        if out:
            self.session_id = ""
            if self._storage:
                self._storage.set("player_id", "")
                self._storage.set("unsent", "")
        else:
            self.id = self._options.player_id or self.anonymous()

    def session_is_over(self, now: int) -> bool:
        """True when an event of now has to open a new session."""
        if not self.session_id:
            return self._options.auto_session
        return now - self.last_ms > self._options.session_gap_ms

    def begin_session(self, now: int) -> None:
        self.session_id, self.session_start_ms, self.last_ms = uuid7(now), now, now

    def _stored(self, name: str) -> str:
        return self._storage.get(name) if self._storage else ""
