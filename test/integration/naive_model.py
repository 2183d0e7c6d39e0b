"""The numbers of a game, recomputed from its events in the most literal way: loops over all of them, one definition a function. Shares nothing with
the program; slow on purpose."""
import collections
import datetime
import decimal
import math
import statistics
import zoneinfo

GAP_MS = 30 * 60 * 1000
MARKED_GAP_MS = 5000
DAY_MS = 86_400_000


def rate_of(rates, currency, day):
    """The newest of (day, currency, rate) that is not after the day."""
    found = None
    for from_day, of_currency, rate in sorted(rates):
        if of_currency == currency and from_day <= day:
            found = decimal.Decimal(rate)
    return found


class Event:
    """What counts of one accepted event."""

    def __init__(self, raw, zone, rates):
        moment = datetime.datetime.fromisoformat(raw["time"].replace("Z", "+00:00"))
        self.ms = round(moment.timestamp() * 1000)
        self.day = moment.astimezone(zone).date()
        self.name, self.player = raw["event"], raw["player_id"]
        self.session = raw.get("session_id") or ""
        self.platform, self.country = raw.get("platform") or None, raw.get("country") or None
        self.properties = raw.get("properties") or {}
        revenue = raw.get("revenue")
        # micro-units of the reporting currency, as the store keeps money; None without it
        self.micros, self.unconverted = None, None
        if revenue:
            amount, currency = decimal.Decimal(revenue["amount"]), revenue["currency"]
            rate = decimal.Decimal(1) if currency == "USD" else rate_of(rates, currency, self.day)
            if rate is None:
                self.unconverted = (currency, amount)
            else:
                self.micros = int((amount * rate * 1_000_000).to_integral_value(decimal.ROUND_HALF_UP))
        self.id = raw.get("event_id", "")


class Session:
    def __init__(self, events):
        self.events = events
        self.player, self.day = events[0].player, events[0].day
        told = [e.properties["seconds"] * 1000 for e in events if e.name == "session_end" and "seconds" in e.properties]
        self.ms = min(DAY_MS, max(told) if told else events[-1].ms - events[0].ms)


class Game:
    def __init__(self, raws, zone="UTC", named_gap_ms=DAY_MS, rates=()):
        zone = zoneinfo.ZoneInfo(zone)
        self.events = sorted((Event(raw, zone, rates) for raw in raws), key=lambda e: (e.ms, e.id))
        self.days = sorted({e.day for e in self.events})
        self.first = {}
        for e in self.events:
            self.first.setdefault(e.player, e)
        self.active = collections.defaultdict(set)
        self.of_player, self.of_day = collections.defaultdict(list), collections.defaultdict(list)
        for e in self.events:
            self.active[e.player].add(e.day)
            self.of_player[e.player].append(e)
            self.of_day[e.day].append(e)
        self.sessions = self.find_sessions(named_gap_ms)

    def find_sessions(self, named_gap_ms):
        open_sessions, sessions = {}, []
        for e in self.events:
            key, gap = (e.player, e.session), named_gap_ms if e.session else GAP_MS
            last = open_sessions.get(key)
            if last and not e.session and (e.name == "session_start" or last[-1].name == "session_end"):
                gap = MARKED_GAP_MS
            if last is None or e.ms - last[-1].ms > gap:
                last = open_sessions[key] = []
                sessions.append(last)
            last.append(e)
        return [Session(events) for events in sessions]

    def range(self):
        first, last = self.days[0], self.days[-1]
        return [first + datetime.timedelta(days=n) for n in range((last - first).days + 1)]


def on(game, day, name=None):
    return [e for e in game.of_day[day] if name is None or e.name == name]


def players(events):
    return {e.player for e in events}


def ratio(a, b):
    return a / b if b else None


def money(events):
    return sum(e.micros for e in events if e.micros is not None) / 1e6


def unconverted(events):
    """{currency: (events, amount)} of money that no rate converts."""
    of_currency = collections.defaultdict(list)
    for e in events:
        if e.unconverted:
            of_currency[e.unconverted[0]].append(e.unconverted[1])
    return {currency: (len(amounts), float(sum(amounts))) for currency, amounts in of_currency.items()}


def amounts(events):
    return sum(e.properties["amount"] for e in events)


def active_within(game, day, days):
    window = {day - datetime.timedelta(days=n) for n in range(days)}
    return sum(1 for active in game.active.values() if active & window)


def metrics(game, day):
    """The metrics of the catalogue on one day, by name."""
    events = on(game, day)
    present = players(events)
    sessions = [s for s in game.sessions if s.day == day]
    paid = [e for e in events if e.micros is not None and e.micros > 0]
    new = {p for p in present if game.first[p].day == day}
    named = {n: on(game, day, n) for n in ("ad_impression", "crash", "error", "economy_source", "economy_sink", "level_start",
                                           "level_fail", "level_complete", "invite_sent", "invite_accepted")}
    source, sink = amounts(named["economy_source"]), amounts(named["economy_sink"])
    fails, completes = len(named["level_fail"]), len(named["level_complete"])
    ads, mau = named["ad_impression"], active_within(game, day, 30)
    crashed = sum(1 for s in sessions if any(e.name == "crash" for e in s.events))
    return {
        "dau": len(present), "new_players": len(new), "returning_players": len(present - new),
        "wau": active_within(game, day, 7), "mau": mau, "stickiness": ratio(len(present), mau),
        "events": len(events), "sessions": len(sessions),
        "session_minutes": ratio(sum(s.ms for s in sessions) / 60_000, len(sessions)),
        "session_minutes_median": statistics.median(s.ms for s in sessions) / 60_000 if sessions else None,
        "sessions_per_player": ratio(len(sessions), len(present)),
        "playtime_minutes": ratio(sum(s.ms for s in sessions) / 60_000, len(present)),
        "revenue": money(events), "payers": len(players(paid)), "purchases": len(paid),
        "arpdau": ratio(money(events), len(present)), "arppu": ratio(money(events), len(players(paid))),
        "conversion": ratio(len(players(paid)), len(present)),
        "ad_impressions": len(ads), "ad_impressions_per_player": ratio(len(ads), len(present)), "ad_revenue": money(ads),
        "ecpm": ratio(1000 * money(ads), len(ads)),
        "economy_source": source, "economy_sink": sink, "economy_net": source - sink, "economy_ratio": ratio(sink, source),
        "level_starts": len(named["level_start"]), "level_completion": ratio(completes, len(named["level_start"])),
        "level_fail_rate": ratio(fails, fails + completes),
        "errors": len(named["error"]), "crashes": len(named["crash"]),
        "crash_free_players": None if not present else 1 - len(players(named["crash"])) / len(present),
        "crash_free_sessions": None if not sessions else 1 - crashed / len(sessions),
        "k_factor": ratio(len(players(named["invite_accepted"])), len(present)) if named["invite_sent"] else None,
    }


def retention(game, kind, window, day, start=None, comeback=None):
    """{cohort: (size, came back)} for one N."""
    starts = {}
    for e in game.events:
        if start is None or e.name == start:
            starts.setdefault(e.player, e)
    sizes, back = collections.Counter(), collections.Counter()
    for player, s in starts.items():
        sizes[s.day] += 1
        ks = set()
        for e in game.of_player[player]:
            if e.ms >= s.ms and (comeback is None or e.name == comeback):
                ks.add((e.day - s.day).days if window == "calendar_day" else (e.ms - s.ms) // DAY_MS)
        within = set(range(min(1, day), day + 1))
        back[s.day] += {"classic": day in ks, "rolling": max(ks, default=-1) >= day, "return": bool(ks & within),
                        "full": within <= ks}[kind]
    return {cohort: (size, back[cohort]) for cohort, size in sizes.items()}


def attempt(events, i, steps, order, window_ms):
    """How many steps an attempt that begins with events[i] reaches."""
    t0 = events[i].ms
    if order == "any":
        return len({e.name for e in events[i:] if e.ms - t0 <= window_ms} & set(steps))
    if events[i].name != steps[0]:
        return 0
    reached, at = 1, i
    while reached < len(steps):
        behind = [j for j in range(at + 1, len(events)) if events[j].name == steps[reached]]
        if order == "strict":
            behind = behind[:1] if behind and behind[0] == at + 1 else []
        if not behind or events[behind[0]].ms - t0 > window_ms:
            break
        reached, at = reached + 1, behind[0]
    return reached


def funnel(game, steps, order, window_ms, per="player"):
    units = collections.defaultdict(list)
    if per == "player":
        for e in game.events:
            units[e.player].append(e)
    else:
        for number, session in enumerate(game.sessions):
            units[number] = list(session.events)
    # The clock may not tell which of two events came first; then the earlier step did.
    rank = {name: k for k, name in reversed(list(enumerate(steps)))}
    for events in units.values():
        events.sort(key=lambda e: (e.ms, rank.get(e.name, len(steps))))
    reached = [max((attempt(events, i, steps, order, window_ms) for i in range(len(events))), default=0) for events in units.values()]
    return [sum(1 for r in reached if r > k) for k in range(len(steps))]


def paths(game, begin, depth):
    """{(step, source, target): sessions}, repeats in a row taken together."""
    edges = collections.Counter()
    for session in game.sessions:
        names = []
        for e in sorted(session.events, key=lambda e: (e.ms, e.name)):
            if not names or names[-1] != e.name:
                names.append(e.name)
        if begin in names:
            names = names[names.index(begin):]
            for k in range(min(depth, len(names))):
                edges[k + 1, names[k], names[k + 1] if k + 1 < len(names) else None] += 1
    return dict(edges)


def lifecycle(game):
    one, states = datetime.timedelta(days=1), collections.Counter()
    for player, active in game.active.items():
        for day in game.range():
            if day in active:
                state = "new" if game.first[player].day == day else "returning" if day - one in active else "resurrected"
                states[day, state] += 1
            elif day - one in active:
                states[day, "dormant"] += 1
    return dict(states)


def stickiness(game):
    return dict(collections.Counter(len(active) for active in game.active.values()))


def churn(game, days):
    result = {}
    for day in game.range():
        present = [active for active in game.active.values() if day in active]
        if present:
            result[day] = (len(present), sum(1 for a in present if not any(day + datetime.timedelta(days=n) in a for n in range(1, days + 1))))
    return result


def cohorts(game):
    result = collections.defaultdict(set)
    for player, e in game.first.items():
        result[e.day].add(player)
    return result


def ltv(game, day):
    """{cohort: (players, payers, revenue)} up to day N."""
    result = {}
    for cohort, members in cohorts(game).items():
        paid = collections.Counter()
        for e in game.events:
            if e.player in members and e.micros is not None and (e.day - cohort).days <= day:
                paid[e.player] += e.micros
        result[cohort] = (len(members), sum(1 for v in paid.values() if v > 0), sum(paid.values()) / 1e6)
    return result


def spenders(game):
    """{segment: (players, revenue)} over all of the game."""
    paid = collections.Counter()
    for e in game.events:
        paid[e.player] += e.micros or 0
    order = sorted((v for v in paid.values() if v > 0), reverse=True)
    whales, dolphins = math.ceil(0.1 * len(order)), math.ceil(0.5 * len(order))
    parts = {"whale": order[:whales], "dolphin": order[whales:dolphins], "minnow": order[dolphins:]}
    result = {name: (len(part), sum(part) / 1e6) for name, part in parts.items() if part}
    none = sum(1 for v in paid.values() if v == 0)
    return {**result, **({"non_payer": (none, 0.0)} if none else {})}


def progression(game, days=7):
    """{level: (starts, fails, completes, players, dropped)}."""
    first = {}
    for e in game.events:
        if e.name == "level_start":
            first.setdefault((e.player, str(e.properties["level"])), e.ms)
    result = {}
    for level in {level for _, level in first}:
        counts = collections.Counter(e.name for e in game.events if str(e.properties.get("level")) == level)
        starters = {p: ms for (p, l), ms in first.items() if l == level}
        dropped = 0
        for player, ms in starters.items():
            end = ms + days * DAY_MS
            done = any(e.name == "level_complete" and str(e.properties["level"]) == level and ms <= e.ms <= end
                       for e in game.of_player[player])
            later = any(p == player and l != level and ms < other <= end for (p, l), other in first.items())
            dropped += not done and not later
        result[level] = (counts["level_start"], counts["level_fail"], counts["level_complete"], len(starters), dropped)
    return result


def segment(game, name, at_least):
    counts = collections.Counter(e.player for e in game.events if e.name == name)
    return {p for p, n in counts.items() if n >= at_least}
