"""Settings of a client and what its callbacks get. Times are milliseconds, sizes bytes."""
from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Callable, NamedTuple, Optional


class Dropped(NamedTuple):
    """An event that will never be counted, and why."""
    event_id: str
    event: str
    reason: str
    detail: str
    by_server: bool


class Failure(NamedTuple):
    """A request that was not answered with success; status 0 means no answer."""
    status: int
    code: str
    detail: str
    will_retry: bool


def _now_ms() -> int:
    return int(time.time() * 1000)


@dataclass
class Options:
    player_id: str = ""
    storage: Any = None
    auto_session: bool = False
    opted_out: bool = False
    country: str = ""
    platform: str = ""
    device: str = ""
    build: str = ""
    flush_events: int = 20
    flush_interval_ms: int = 10_000
    flush_bytes: int = 64 * 1024
    batch_events_max: int = 100
    batch_bytes_max: int = 256 * 1024
    queue_events_max: int = 5_000
    queue_bytes_max: int = 2 * 1024 * 1024
    event_bytes_max: int = 64 * 1024
    gzip_bytes_min: int = 1024
    retry_base_ms: int = 1_000
    retry_max_ms: int = 60_000
    retry_after_max_ms: int = 300_000
    request_timeout_ms: int = 10_000
    session_gap_ms: int = 30 * 60 * 1000
    shutdown_timeout_ms: int = 3_000
    on_drop: Optional[Callable[[Dropped], None]] = None
    on_error: Optional[Callable[[Failure], None]] = None
    clock_ms: Callable[[], int] = _now_ms
