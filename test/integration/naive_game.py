"""A small game made from a seed: what its players did, and what its clients sent, repeats and late arrivals included."""
import datetime
import random
import uuid

FIRST = datetime.datetime(2026, 3, 1, tzinfo=datetime.timezone.utc)
DAYS = 20


def make_game(seed):
    """(events, deliveries): each event once, as a dict in the server's form; and the batches in which they are sent."""
    rng = random.Random(seed)
    events = []
    for number in range(40):
        player = f"p{number:02}"
        country, platform = rng.choice(["DE", "FR", "US"]), rng.choice(["ios", "android", "web"])
        day, level, named = rng.randrange(DAYS), 1, rng.random() < 0.5
        for visit in range(1 + int(rng.expovariate(0.3))):
            start = FIRST + datetime.timedelta(days=day, seconds=rng.randrange(86400))
            level = play(rng, events, player, country, platform, start, f"{player}-{visit}" if named else None, level)
            day += 1 + int(rng.expovariate(0.5))
            if day >= DAYS:
                break
    events.sort(key=lambda e: e["time"])
    sent = [[e] for e in events]
    rng.shuffle(sent)
    sent += [[rng.choice(events)] for _ in range(len(events) // 10)]
    return events, [sum(sent[i:i + 50], []) for i in range(0, len(sent), 50)]


def play(rng, events, player, country, platform, at, session, level):
    def add(name, **properties):
        nonlocal at
        # Below the session gap of 30 minutes; milliseconds keep the times apart.
        at += datetime.timedelta(milliseconds=rng.randrange(1000, 400_000))
        event = {"event_id": str(uuid.UUID(int=rng.getrandbits(128), version=4)), "event": name, "player_id": player,
                 "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "country": country,
                 "platform": platform, "properties": properties}
        if session:
            event["session_id"] = session
        events.append(event)
        return event

    add("session_start")
    for _ in range(rng.randrange(1, 6)):
        add("level_start", level=level)
        if rng.random() < 0.3:
            add("level_fail", level=level)
            continue
        add("level_complete", level=level, attempt=rng.randrange(1, 4))
        add("economy_source", currency=rng.choice(["gold", "gems"]), amount=rng.randrange(1, 100))
        level += 1
    if rng.random() < 0.5:
        add("economy_sink", currency="gold", amount=rng.randrange(1, 50))
    if rng.random() < 0.5:
        add("ad_impression")["revenue"] = {"amount": f"0.0{rng.randrange(1, 9)}", "currency": "USD"}
    if rng.random() < 0.25:
        add("purchase")["revenue"] = {"amount": f"{rng.randrange(1, 20)}.99", "currency": rng.choice(["USD", "USD", "EUR", "JPY"])}
    if rng.random() < 0.1:
        add("crash")
    if rng.random() < 0.3:
        add("session_end", **({"seconds": rng.randrange(7200)} if rng.random() < 0.7 else {}))
        if rng.random() < 0.5:
            add("store_open")
    return level
