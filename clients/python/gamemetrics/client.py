"""The client a program makes once and uses from any thread."""
from __future__ import annotations

import atexit
import logging
import threading
import time as clock
from typing import Any, Dict, Optional, Tuple

from .events import Record, amount_text, iso_time, name_problem, read_record, to_json, uuid7
from .game_events import GameEvents
from .options import Dropped, Options
from .outbox import Outbox, envelope
from .player import Player
from .transport import Transport, pack

LOG = logging.getLogger("gamemetrics")
CONTEXT = ("country", "platform", "device", "build")


def _steady_ms() -> int:
    return int(clock.monotonic() * 1000)


class Client(GameEvents):
    """`with Client(host, write_key) as metrics: metrics.track("level_start", {"level": 1})`"""

    def __init__(self, host: str, write_key: str, options: Optional[Options] = None, **changes: Any):
        self._options = options or Options(**changes)
        self._key = write_key
        self._transport = Transport(host, self._options.request_timeout_ms)
        self._outbox = Outbox(self._options)
        self._player = Player(self._options)
        self._changed = threading.Condition()
        self._over = False
        self._restore()
        self._thread = threading.Thread(target=self._run, name="gamemetrics", daemon=True)
        self._thread.start()
        atexit.register(self.shutdown)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.shutdown()

    # --- events ---
    def track(self, event: str, properties: Optional[Dict[str, Any]] = None, *, revenue: Optional[Tuple[Any, str]] = None,
              player_id: str = "", session_id: str = "", time_ms: Optional[int] = None, **context: str) -> str:
        """Queues one event and returns its id ("" when opted out). Never waits for the network, never raises.

        `player_id` is for servers that speak for many players: such an event belongs to no session of this client.
        `context` may hold country, platform, device and build.
        """
        with self._changed:
            if self._player.opted_out:
                return ""
            now = self._options.clock_ms()
            if not player_id and event not in ("session_start", "session_end"):
                self._touch(now)
            made = self._put(event, properties, now if time_ms is None else time_ms, revenue, player_id, session_id, context)
            self._changed.notify_all()
        self._tell()
        return made

    def session_start(self) -> None:
        with self._changed:
            if not self._player.opted_out:
                self._end_session()
                self._begin_session(self._options.clock_ms())
                self._changed.notify_all()
        self._tell()

    def session_end(self) -> None:
        with self._changed:
            self._end_session()
            self._changed.notify_all()
        self._tell()

    # --- who ---
    def set_player(self, player_id: str) -> bool:
        """Later events are of this player; "" returns to the anonymous id. False when the id is too long."""
        with self._changed:
            return self._player.identify(player_id)

    @property
    def player_id(self) -> str:
        return self._player.id

    def set_level(self, level: int) -> None:
        self._player.level = level

    def set_key(self, write_key: str) -> None:
        with self._changed:
            self._key, self._outbox.stopped = write_key, False
            self._changed.notify_all()

    def opt_out(self) -> None:
        with self._changed:
            self._player.opt(True)
            self._outbox.refuse("opted_out")
        self._tell()

    def opt_in(self) -> None:
        with self._changed:
            self._player.opt(False)
            self._outbox.refusing = ""

    # --- sending ---
    def flush(self, timeout_ms: int = 3_000) -> bool:
        """Sends what waits now; True when nothing is left. False after the time, or when the key was refused."""
        with self._changed:
            self._outbox.flush()
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._outbox.idle() or self._outbox.stopped, timeout_ms / 1000) and self._outbox.idle()

    def shutdown(self, timeout_ms: Optional[int] = None) -> bool:
        """Sends what waits, within the time; the rest is saved when there is a storage, else dropped. True when all is sent."""
        if self._over:
            return self._outbox.idle()
        if self._options.auto_session:
            self.session_end()
        sent = self.flush(self._options.shutdown_timeout_ms if timeout_ms is None else timeout_ms)
        with self._changed:
            self._over = True
            self._save()
            self._changed.notify_all()
        atexit.unregister(self.shutdown)
        self._tell()
        return sent

    def stats(self) -> Dict[str, int]:
        with self._changed:
            return self._outbox.stats()

    # --- inside; the lock is held ---
    def _touch(self, now: int) -> None:
        if self._player.session_is_over(now):
            self._begin_session(now)
        self._player.last_ms = now

    def _begin_session(self, now: int) -> None:
        self._player.begin_session(now)
        if self._player.is_new and self._options.auto_session:
            self._player.is_new = False
            self._put("first_open", self._with_level(), now)
        self._put("session_start", self._with_level(), now)

    def _end_session(self) -> None:
        player, now = self._player, self._options.clock_ms()
        if not player.session_id:
            return
        # A session that was left alone ended with its last event, not when somebody came back.
        end = player.last_ms if player.session_is_over(now) else now
        self._put("session_end", self._with_level(seconds=max(0, end - player.session_start_ms) // 1000), end)
        player.session_id = ""

    def _with_level(self, **properties):
        return properties if self._player.level is None else {**properties, "level": self._player.level}

    def _put(self, event, properties, time_ms, revenue=None, player_id="", session_id="", context=None) -> str:
        made = uuid7(self._options.clock_ms())
        self._outbox.counts["tracked"] += 1
        problem, text = name_problem(event), b""
        if not problem:
            try:
                text = to_json(self._fields(made, event, properties, time_ms, revenue, player_id, session_id, context or {}))
            except (ValueError, TypeError, ArithmeticError, RecursionError):
                problem = "properties_invalid"
        record = Record(made, event if isinstance(event, str) else "", text)
        if problem or self._over:
            self._outbox.drop(record, problem or "shut_down")
        else:
            self._outbox.add(record, _steady_ms())
        return made

    def _fields(self, made, event, properties, time_ms, revenue, player_id, session_id, context):
        fields = {"event_id": made, "event": event, "player_id": player_id or self._player.id, "time": iso_time(time_ms)}
        session = session_id or ("" if player_id else self._player.session_id)
        if session:
            fields["session_id"] = session
        for name in CONTEXT:
            value = context.get(name) or getattr(self._options, name)
            if value:
                fields[name] = value
        if revenue:
            fields["revenue"] = {"amount": amount_text(revenue[0]), "currency": revenue[1]}
        fields["properties"] = dict(properties or {})
        return fields

    def _restore(self) -> None:
        if not self._options.storage or self._player.opted_out:
            return
        for line in self._options.storage.get("unsent").splitlines():
            record = read_record(line)
            if record:
                self._outbox.counts["restored"] += 1
                self._outbox.add(record, _steady_ms())
        self._options.storage.set("unsent", "")

    def _save(self) -> None:
        if self._options.storage:
            self._options.storage.set("unsent", "\n".join(record.json.decode("utf-8") for record in self._outbox.waiting()))
        else:
            self._outbox.refuse("shut_down")

    # --- the thread ---
    def _run(self) -> None:
        while True:
            with self._changed:
                records = self._next()
                if records is None:
                    break
                body = envelope(records, self._options.clock_ms())
                key = self._key
            answer = self._transport.post(key, *pack(body, self._options.gzip_bytes_min))
            with self._changed:
                self._outbox.settle(answer, _steady_ms())
                self._changed.notify_all()
            self._tell()
        self._transport.close()

    def _next(self):
        """Waits until a request is due; None when the client is over."""
        while not self._over:
            due, now = self._outbox.due_at(), _steady_ms()
            if due is not None and due <= now:
                return self._outbox.take(now)
            self._changed.wait(None if due is None else (due - now) / 1000)
        return None

    def _tell(self) -> None:
        """Callbacks run without the lock, and one that raises harms nobody."""
        with self._changed:
            notices, self._outbox.notices = self._outbox.notices, []
        for notice in notices:
            dropped = isinstance(notice, Dropped)
            call = self._options.on_drop if dropped else self._options.on_error
            try:
                if call:
                    call(notice)
                else:
                    LOG.warning("event dropped: %s" if dropped else "sending failed: %s", notice)
            except Exception:  # noqa: BLE001 - a game's callback may raise anything
                LOG.exception("a callback raised")
