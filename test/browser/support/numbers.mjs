// The dashboard's numbers, computed once more from the API's answers, independently of the dashboard's code.

const format = (options) => (value) => new Intl.NumberFormat('en-US', options).format(value);
const one = { minimumFractionDigits: 1, maximumFractionDigits: 1 };

export const show = {
  count: (value) => format({ maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 })(value),
  minutes: format(one),
  share: format({ ...one, style: 'percent' }),
  money: (currency) => (value) => {
    const digits = Math.abs(value) >= 10_000 ? 0 : 2;
    const small = value !== 0 && Math.abs(value) < 0.1 ? 4 : digits;
    return format({
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: digits,
      maximumFractionDigits: Math.max(digits, small),
    })(value);
  },
};

const orDash = (value, shown) => (value === null ? '–' : shown(value));

/** Mean of the days before `today`, or of all days where none has ended. */
function dailyMean(answer, today) {
  const ended = answer.points.filter((point) => point.date < today);
  const values = (ended.length > 0 ? ended : answer.points)
    .map((point) => point.value)
    .filter((value) => value !== null);
  return values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length;
}

function weightedMean(answer, weights) {
  if (answer.total !== null) return answer.total;
  const pairs = answer.points
    .map((point, index) => [point.value, weights.points[index].value ?? 0])
    .filter(([value]) => value !== null);
  const total = pairs.reduce((sum, [, weight]) => sum + weight, 0);
  return total === 0 ? null : pairs.reduce((sum, [value, weight]) => sum + value * weight, 0) / total;
}

/** What each card has to show for the range, from the API's answers by name. */
export function expectedCards(answers, retention, today, currency) {
  const money = show.money(currency);
  const average = (day) => retention.average.find((entry) => entry.day === day && entry.size > 0)?.share ?? null;
  return {
    dau: orDash(dailyMean(answers.dau, today), show.count),
    new_players: orDash(answers.new_players.total, show.count),
    returning_players: orDash(dailyMean(answers.returning_players, today), show.count),
    sessions: orDash(answers.sessions.total, show.count),
    session_minutes: orDash(weightedMean(answers.session_minutes, answers.sessions), show.minutes),
    revenue: orDash(answers.revenue.total, money),
    arpdau: orDash(weightedMean(answers.arpdau, answers.dau), money),
    payers: orDash(dailyMean(answers.payers, today), show.count),
    d1: orDash(average(1), show.share),
    d7: orDash(average(7), show.share),
  };
}

/** Cells by "cohort/day", as they have to read; the future and cohorts without players have none. */
export function expectedCells(retention, today) {
  const cells = new Map();
  for (const cohort of retention.cohorts.filter(({ size }) => size > 0)) {
    for (const cell of cohort.cells) {
      const date = new Date(Date.parse(`${cohort.cohort_date}T00:00:00Z`) + cell.day * 86_400_000)
        .toISOString()
        .slice(0, 10);
      if (date <= today)
        cells.set(`${cohort.cohort_date}/${cell.day}`, { text: show.share(cell.share), complete: cell.complete });
    }
  }
  return cells;
}
