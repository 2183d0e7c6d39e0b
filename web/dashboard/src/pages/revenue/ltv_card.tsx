import { useQuery } from '@tanstack/react-query';
import { isAboutPlayers, questionQuery, type Answer } from '../../api/questions';
import { CohortChart } from '../../charts/cohort_chart';
import { DataTable } from '../../charts/data_table';
import { Legend } from '../../charts/legend';
import { together } from '../../charts/loadable';
import { longDate } from '../../format/dates';
import { formatCoefficient, formatNumber } from '../../format/numbers';
import { InsightCard } from '../../insight/insight_card';
import { NumberButton } from '../../insight/number_button';
import { ltvCurves, ltvDays, newestPoints, type LtvRow } from '../../money/ltv_curves';
import type { InsightView } from '../../insight/use_insight';
import { useApi } from '../../session/session';

export type LtvAnswer = Answer<LtvRow> & {
  average: { day: number; players: number; payers: number; revenue: number; ltv: number | null }[];
  fit_a: number | null;
  fit_b: number | null;
  fit_points: number;
  fit_share_error: number | null;
  arpdau: number | null;
  horizon_days: number;
  projected_ltv: number | null;
  projected_ltv_low: number | null;
  projected_ltv_high: number | null;
};

/** What a player has paid by each day of his life, cohort by cohort, and what that is likely to come to. */
export function LtvCard({ view }: { view: InsightView }) {
  if (isAboutPlayers(view.asks.filter)) return <AskedLtvCard view={view} />;
  return (
    <section className="card chart-card wide" aria-labelledby="ltv-title" data-chart="ltv" data-state="other-filter">
      <header className="card-head">
        <h2 id="ltv-title">Lifetime value by cohort</h2>
      </header>
      <p className="empty">
        Lifetime value is of whole players. It takes filters of players, such as player country, and none of single
        events: remove those, or use the player’s.
      </p>
    </section>
  );
}

function AskedLtvCard({ view }: { view: InsightView }) {
  const { project, today, range, asks } = view;
  const days = ltvDays(range, today);
  const question = { ...asks, days };
  const data = together({ ltv: useQuery(questionQuery<LtvAnswer>(useApi(), 'ltv', question)) });
  const money = (value: number | null) => formatNumber(value, 'money', project.currency);
  const showPayers = (row: LtvRow) =>
    view.show({
      title: `Began on ${longDate(row.cohort_date)} and paid by day ${row.day}`,
      kind: 'ltv',
      query: question,
      cell: { cohort_date: row.cohort_date, day: row.day, value: 'payers' },
    });
  const payers = (row: LtvRow) =>
    row.payers === 0 ? (
      '0'
    ) : (
      <NumberButton about={`payers of the cohort of ${longDate(row.cohort_date)}`} onPick={() => showPayers(row)}>
        {formatNumber(row.payers, 'count')}
      </NumberButton>
    );
  return (
    <InsightCard
      view={view}
      asked={{ kind: 'ltv', question }}
      name="ltv"
      title={`Lifetime value by cohort, ${project.currency}`}
      size="wide"
      data={data}
      explain={({ ltv }) => [ltv]}
      isEmpty={({ ltv }) => ltvCurves(ltv.rows, today).length === 0}
      emptyText="No new players in this range. Each day's new players become one curve of what they have paid since."
      legend={() => (
        <Legend
          entries={[
            { label: 'Average of cohorts whose day has ended', swatch: 'series-3' },
            { label: 'One cohort', swatch: 'thin' },
            { label: 'One cohort, can still grow', swatch: 'line' },
          ]}
        />
      )}
      chart={({ ltv }) => (
        <div className="ltv">
          <CohortChart
            label="Lifetime value by cohort and day"
            days={days}
            dayName={(day) => ({ short: `D${day}`, long: `Day ${day}` })}
            curves={ltvCurves(ltv.rows, today)}
            average={ltv.average.map((entry) => ({ ...entry, value: entry.ltv }))}
            kind="money"
            currency={project.currency}
          />
          <Projection answer={ltv} currency={project.currency} />
        </div>
      )}
      table={({ ltv }) => (
        <DataTable
          caption="Lifetime value by cohort"
          columns={[
            { label: 'Cohort' },
            { label: 'Players', numeric: true },
            { label: 'Day', numeric: true },
            { label: 'Payers until then', numeric: true },
            { label: 'Revenue', numeric: true },
            { label: 'LTV', numeric: true },
            { label: 'Final' },
          ]}
          rows={newestPoints(ltv.rows, today).map((row) => ({
            key: row.cohort_date,
            cells: [
              longDate(row.cohort_date),
              formatNumber(row.players, 'count'),
              row.day,
              payers(row),
              money(row.revenue),
              money(row.ltv),
              row.complete ? 'yes' : 'not yet',
            ],
          }))}
        />
      )}
      csv={({ ltv }) => ({
        header: ['cohort_date', 'day', 'players', 'payers', 'revenue', 'ltv', 'complete'],
        rows: ltv.rows.map((row) => [
          row.cohort_date,
          row.day,
          row.players,
          row.payers,
          row.revenue,
          row.ltv,
          row.complete,
        ]),
      })}
    />
  );
}

/** The projection is never shown without how far it may be off, and what it was made from. */
function Projection({ answer, currency }: { answer: LtvAnswer; currency: string }) {
  const money = (value: number | null) => formatNumber(value, 'money', currency);
  if (answer.projected_ltv === null || answer.fit_a === null || answer.fit_b === null) {
    return (
      <aside className="projection" aria-label="Projection">
        <h3>No projection yet</h3>
        <p className="fine muted">
          It is fitted to the retention of at least three days that have ended; this range has {answer.fit_points}.
        </p>
      </aside>
    );
  }
  return (
    <aside className="projection" aria-label="Projection">
      <h3>Projected to day {formatNumber(answer.horizon_days, 'count')}</h3>
      <p className="kpi-value" data-projection="">
        {money(answer.projected_ltv)}
      </p>
      <p data-projection-range="">
        {money(answer.projected_ltv_low)} to {money(answer.projected_ltv_high)}
      </p>
      <p className="fine muted">
        One standard deviation of the fit’s residuals each way. Mean revenue per active day {money(answer.arpdau)} times
        the expected active days, from retention = {formatCoefficient(answer.fit_a)} · day<sup>{formatCoefficient(answer.fit_b)}</sup>,
        fitted to {formatNumber(answer.fit_points, 'count')} days; its error is{' '}
        {formatNumber(answer.fit_share_error, 'share')} of the players (root mean square).
      </p>
    </aside>
  );
}
