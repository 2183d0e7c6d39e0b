// A made-up game for developing and testing the dashboard without a server. Deterministic: the same seed gives the same numbers.

const dayMs = 86_400_000;
export const dateOf = (ms) => new Date(ms).toISOString().slice(0, 10);
const addDays = (date, days) => dateOf(Date.parse(`${date}T00:00:00Z`) + days * dayMs);

// mulberry32: small, and good enough for a demo.
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const seedOf = (text) => [...text].reduce((hash, c) => (Math.imul(hash, 31) + c.charCodeAt(0)) >>> 0, 7);

const retentionCurve = (day) => (day === 0 ? 1 : 0.42 * day ** -0.48);
const launchAgoDays = 150;

/** Everything the game did on one day, independent of the range asked for. */
export function dayFacts(date, today) {
  const random = generator(seedOf(date));
  const age = Math.round(
    (Date.parse(`${date}T00:00:00Z`) - Date.parse(`${addDays(today, -launchAgoDays)}T00:00:00Z`)) / dayMs,
  );
  if (age < 0 || date > today)
    return { newPlayers: 0, returning: 0, sessions: 0, minutes: null, revenue: 0, payers: 0 };
  const weekend = [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay()) ? 1.28 : 1;
  const partial = date === today ? 0.42 : 1;
  const growth = 1 + age / 190;
  const newPlayers = Math.round(150 * growth * weekend * partial * (0.85 + 0.3 * random()));
  const returning = Math.round(620 * growth * weekend * partial * Math.min(1, age / 20) * (0.92 + 0.16 * random()));
  const dau = newPlayers + returning;
  const payers = Math.round(dau * (0.021 + 0.012 * random()));
  return {
    newPlayers,
    returning,
    sessions: Math.round(dau * (1.7 + 0.4 * random())),
    minutes: dau > 0 ? 11 + 4 * random() : null,
    revenue: Math.round(payers * (6 + 7 * random()) * 100) / 100,
    payers,
  };
}

export const datesBetween = (from, to) => {
  const dates = [];
  for (let date = from; date <= to; date = addDays(date, 1)) dates.push(date);
  return dates;
};

const ratio = (a, b) => (b > 0 ? a / b : null);

export const metrics = {
  dau: {
    title: 'Daily active players',
    unit: 'players',
    additive: false,
    of: (f) => f.newPlayers + f.returning,
    definition: 'Distinct players with at least one event on the calendar day of the reporting time zone.',
  },
  new_players: {
    title: 'New players',
    unit: 'players',
    additive: true,
    of: (f) => f.newPlayers,
    definition: 'Players whose first event ever happened on the day.',
  },
  returning_players: {
    title: 'Returning players',
    unit: 'players',
    additive: false,
    of: (f) => f.returning,
    definition: 'Players active on the day who were new on an earlier one.',
  },
  events: {
    title: 'Events',
    unit: 'events',
    additive: true,
    of: (f) => f.sessions * 14,
    definition: 'Events that happened on the day.',
  },
  sessions: {
    title: 'Sessions',
    unit: 'sessions',
    additive: true,
    of: (f) => f.sessions,
    definition: 'Sessions that started on the day. A session ends after 30 minutes without an event.',
  },
  session_minutes: {
    title: 'Session length',
    unit: 'minutes',
    additive: false,
    of: (f) => f.minutes,
    definition: 'Mean time from the first to the last event of the sessions that started on the day.',
  },
  revenue: {
    title: 'Revenue',
    unit: 'USD',
    additive: true,
    of: (f) => f.revenue,
    definition: 'Sum of the revenue of all events of the day, gross, in the reporting currency.',
  },
  payers: {
    title: 'Paying players',
    unit: 'players',
    additive: false,
    of: (f) => f.payers,
    definition: 'Distinct players with revenue on the day.',
  },
  arpdau: {
    title: 'Revenue per daily active player',
    unit: 'USD',
    additive: false,
    of: (f) => ratio(f.revenue, f.newPlayers + f.returning),
    definition: 'Revenue of the day divided by its active players.',
  },
};

export function metricAnswer(name, from, to, today, empty) {
  const metric = metrics[name];
  const points = datesBetween(from, to).map((date) => ({
    date,
    value: empty ? 0 : metric.of(dayFacts(date, today)),
    provisional: date > addDays(today, -4),
  }));
  const sum = points.reduce((total, point) => total + (point.value ?? 0), 0);
  return {
    ...explanation(name, metric, from, to, today),
    total: metric.additive ? Math.round(sum * 100) / 100 : null,
    points,
  };
}

export function explanation(name, { title, definition, unit }, from, to, today) {
  return {
    metric: name,
    title,
    definition,
    unit,
    timezone: 'UTC',
    window: 'calendar day',
    from,
    to,
    complete: to < addDays(today, -4),
    late_share: 0.0042,
    as_of: new Date().toISOString(),
  };
}

export function retentionAnswer(from, to, days, today, empty) {
  const cohorts = datesBetween(from, to).map((date) => {
    const size = empty ? 0 : dayFacts(date, today).newPlayers;
    const random = generator(seedOf(`r${date}`));
    const cells = days
      .map((day) => ({ day, noise: 0.88 + 0.24 * random() }))
      .filter(({ day }) => addDays(date, day) <= today)
      .map(({ day, noise }) => {
        const complete = addDays(date, day) < today;
        const players = day === 0 ? size : Math.round(size * retentionCurve(day) * noise * (complete ? 1 : 0.4));
        return { day, players, share: size > 0 ? players / size : 0, complete };
      });
    return { cohort_date: date, size, cells };
  });
  const average = days.map((day) => {
    const cells = cohorts.flatMap((cohort) =>
      cohort.cells.filter((cell) => cell.day === day && cell.complete).map((cell) => ({ cell, size: cohort.size })),
    );
    const size = cells.reduce((sum, entry) => sum + entry.size, 0);
    return {
      day,
      share: ratio(
        cells.reduce((sum, entry) => sum + entry.cell.players, 0),
        size,
      ),
      size,
    };
  });
  const about = {
    title: 'Retention',
    definition:
      'Of the players who were new on the cohort day, the share that was active exactly that many calendar days later.',
    unit: 'share',
  };
  return { ...explanation('retention', about, from, to, today), days, cohorts, average };
}

const eventShares = [
  ['level_start', 0.262],
  ['level_complete', 0.214],
  ['session_start', 0.131],
  ['item_equipped', 0.104],
  ['level_failed', 0.089],
  ['ad_watched', 0.071],
  ['quest_accepted', 0.049],
  ['currency_spent', 0.041],
  ['purchase', 0.012],
  ['tutorial_step', 0.009],
];

export function topEventsAnswer(from, to, limit, today, sent) {
  const total =
    sent === null ? datesBetween(from, to).reduce((sum, date) => sum + metrics.events.of(dayFacts(date, today)), 0) : 0;
  const counts = new Map(
    sent === null ? eventShares.map(([event, share]) => [event, Math.round(total * share)]) : sent,
  );
  const all = sent === null ? total : [...counts.values()].reduce((sum, count) => sum + count, 0);
  const rows = [...counts]
    .map(([event, events]) => ({ event, events, share: all > 0 ? events / all : 0 }))
    .toSorted((a, b) => b.events - a.events);
  const about = {
    title: 'Top events',
    definition: 'Events by name, with their share of all events of the range.',
    unit: 'events',
  };
  return { ...explanation('top_events', about, from, to, today), rows: rows.slice(0, limit) };
}

const countries = ['DE', 'US', 'JP', 'BR', 'FR', 'PL', 'KR'];
const platforms = ['ios', 'android', 'pc'];

export function randomEntry(random, ms) {
  const event = eventShares[Math.floor(random() ** 1.7 * eventShares.length)][0];
  const iso = new Date(ms).toISOString();
  const purchase = event === 'purchase';
  return {
    time: new Date(ms - Math.floor(random() * 1500)).toISOString(),
    received_at: iso,
    event,
    player_id: `p-${Math.floor(random() * 9000 + 1000)}`,
    country: countries[Math.floor(random() * countries.length)],
    platform: platforms[Math.floor(random() * platforms.length)],
    build: random() > 0.3 ? '1.4.2' : '1.4.1',
    revenue: purchase ? 4.99 : null,
    currency: purchase ? 'USD' : null,
    properties: { level: Math.floor(random() * 40) + 1, mode: random() > 0.5 ? 'story' : 'arena' },
  };
}

export { generator };
