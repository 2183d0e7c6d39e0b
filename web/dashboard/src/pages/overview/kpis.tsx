import type { UseQueryResult } from '@tanstack/react-query';
import type { Explanation, MetricAnswer, MetricName, RetentionAnswer } from '../../api/types';
import { LoadFailure } from '../../charts/chart_card';
import { Definition } from '../../charts/definition';
import { Sparkline } from '../../charts/sparkline';
import { dateRange } from '../../format/dates';
import { formatChange, formatNumber, type NumberKind } from '../../format/numbers';
import {
  endedDays,
  retentionByCohort,
  retentionSummary,
  summarize,
  type Fold,
  type Summary,
} from '../../metrics/summary';
import type { DateRange } from '../../state/range';
import type { Metrics, ViewProps } from '../overview';

interface CardSpec {
  name: Exclude<MetricName, 'events'>;
  label: string;
  kind: NumberKind;
  fold: 'sum' | 'daily_mean' | { weightedBy: Exclude<MetricName, 'events'> };
}

const cards: CardSpec[] = [
  { name: 'dau', label: 'Daily players', kind: 'count', fold: 'daily_mean' },
  { name: 'new_players', label: 'New players', kind: 'count', fold: 'sum' },
  { name: 'returning_players', label: 'Returning players', kind: 'count', fold: 'daily_mean' },
];
const playCards: CardSpec[] = [
  { name: 'sessions', label: 'Sessions', kind: 'count', fold: 'sum' },
  { name: 'session_minutes', label: 'Session minutes', kind: 'minutes', fold: { weightedBy: 'sessions' } },
  { name: 'revenue', label: 'Revenue', kind: 'money', fold: 'sum' },
  { name: 'arpdau', label: 'ARPDAU', kind: 'money', fold: { weightedBy: 'dau' } },
  { name: 'payers', label: 'Payers', kind: 'count', fold: 'daily_mean' },
];

const basisText: Record<Summary['basis'], string> = { total: 'in range', 'daily mean': 'a day', mean: 'mean' };
const basisNote: Record<Summary['basis'], string> = {
  total: 'Shown: the total of the range.',
  'daily mean': 'Shown: the mean of the days that have ended. Players of several days cannot be added up.',
  mean: 'Shown: the mean over the whole range.',
};

interface Props {
  view: ViewProps;
  metrics: Metrics;
  before: Metrics;
  retention: UseQueryResult<RetentionAnswer>;
  retentionBefore: UseQueryResult<RetentionAnswer>;
  previous: DateRange;
  /** False when the game had no events yet at the start of the previous period: a change against half a period says nothing. */
  comparable: boolean;
}

export function Kpis(props: Props) {
  const { retention, retentionBefore } = props;
  return (
    <section className="kpis" aria-label="Key figures">
      {cards.map((card) => (
        <MetricCard key={card.name} card={card} {...props} />
      ))}
      {[1, 7].map((day) => (
        <RetentionKpi
          key={day}
          day={day}
          current={retention}
          before={props.comparable ? retentionBefore.data : undefined}
          previous={props.previous}
        />
      ))}
      {playCards.map((card) => (
        <MetricCard key={card.name} card={card} {...props} />
      ))}
    </section>
  );
}

function foldOf(spec: CardSpec['fold'], metrics: Metrics): Fold | undefined {
  if (spec === 'sum' || spec === 'daily_mean') return { by: spec };
  const weights: MetricAnswer | undefined = metrics[spec.weightedBy].data;
  return weights && { by: 'weighted_mean', weights: weights.points };
}

function MetricCard({ card, view, metrics, before, previous, comparable }: Props & { card: CardSpec }) {
  const result = metrics[card.name];
  const fold = foldOf(card.fold, metrics);
  const summary =
    result.data && fold
      ? summarize({
          current: result.data,
          previous: comparable ? before[card.name].data : undefined,
          fold,
          previousFold: foldOf(card.fold, before),
          today: view.today,
        })
      : undefined;
  return (
    <KpiCard
      name={card.name}
      label={card.label}
      value={summary && formatNumber(summary.value, card.kind, view.project.currency)}
      summary={summary}
      changeKind="relative"
      values={result.data && endedDays(result.data.points, view.today).map((point) => point.value)}
      explanation={result.data}
      previous={previous}
      result={result}
    />
  );
}

interface RetentionKpiProps {
  day: number;
  current: UseQueryResult<RetentionAnswer>;
  before: RetentionAnswer | undefined;
  previous: DateRange;
}

function RetentionKpi({ day, current, before, previous }: RetentionKpiProps) {
  const summary = current.data && retentionSummary(current.data, before, day);
  return (
    <KpiCard
      name={`d${day}`}
      label={`D${day} retention`}
      value={summary && formatNumber(summary.value, 'share')}
      summary={summary}
      changeKind="points"
      values={current.data && retentionByCohort(current.data, day).map((cohort) => cohort.value)}
      explanation={current.data}
      previous={previous}
      result={current}
    />
  );
}

interface KpiCardProps {
  name: string;
  label: string;
  value: string | undefined;
  summary: Summary | undefined;
  changeKind: 'relative' | 'points';
  values: (number | null)[] | undefined;
  explanation: Explanation | undefined;
  previous: DateRange;
  result: UseQueryResult<unknown>;
}

function KpiCard({ name, label, value, summary, changeKind, values, explanation, previous, result }: KpiCardProps) {
  const failed = value === undefined && result.isError;
  return (
    <article className={`card kpi${result.isPlaceholderData ? ' is-stale' : ''}`} data-kpi={name} aria-label={label}>
      <header>
        <h2>{label}</h2>
        {explanation && (
          <Definition
            about={label}
            explanations={[explanation]}
            note={
              summary &&
              `${basisNote[summary.basis]} Change: the same number of days against ${dateRange(previous.from, previous.to)}.`
            }
          />
        )}
      </header>
      {failed ? (
        <LoadFailure error={result.error ?? new Error('')} retry={() => void result.refetch()} />
      ) : (
        <>
          <p className="kpi-value">
            <span data-value="">{value ?? <span className="skeleton-text" role="status" aria-label="Loading" />}</span>
            {summary && <span className="kpi-basis">{basisText[summary.basis]}</span>}
          </p>
          <div className="kpi-foot">
            <Change change={summary?.change ?? null} kind={changeKind} />
            {values && <Sparkline values={values} />}
          </div>
        </>
      )}
    </article>
  );
}

interface ChangeProps {
  change: number | null;
  kind: 'relative' | 'points';
  against?: string;
}

export function Change({ change, kind, against = 'the previous period' }: ChangeProps) {
  if (change === null)
    return (
      <span className="change muted" title="No full previous period to compare with">
        –
      </span>
    );
  const direction = change > 0.0005 ? 'up' : change < -0.0005 ? 'down' : 'flat';
  // Direction is told by the arrow as well as by colour.
  const arrow = { up: '↑', down: '↓', flat: '→' }[direction];
  const spoken = { up: 'up', down: 'down', flat: 'unchanged' }[direction];
  return (
    <span className={`change ${direction}`}>
      <span aria-hidden="true">{arrow} </span>
      <span className="sr-only">{spoken} </span>
      {formatChange(Math.abs(change), kind)}
      <span className="sr-only"> against {against}</span>
    </span>
  );
}
