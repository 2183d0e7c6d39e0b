import type { UseQueryResult } from '@tanstack/react-query';
import { LoadFailure } from '../charts/chart_card';
import { Definition } from '../charts/definition';
import { Sparkline } from '../charts/sparkline';
import { formatNumber, type NumberKind } from '../format/numbers';
import { rangeChange, rangeTotal, type MetricTable } from '../metrics/metric_table';
import { Change } from '../pages/overview/kpis';
import { NumberButton } from './number_button';

interface Props {
  name: string;
  label: string;
  kind: NumberKind;
  currency: string;
  result: UseQueryResult<MetricTable>;
  /** The same over the days of the range that have ended: half a day against a whole one would be a fall. */
  ended: UseQueryResult<MetricTable>;
  today: string;
  /** False when the game had no events yet at the start of the previous period. */
  comparable: boolean;
  onPick?: () => void;
}

/** The server's number of one metric for the whole range, with its change and its days as a shape. */
export function ValueCard({ name, label, kind, currency, result, ended, today, comparable, onPick }: Props) {
  const table = result.data;
  const value = table && rangeTotal(table);
  const shown = table && formatNumber(value, kind, currency);
  return (
    <article className={`card kpi${result.isPlaceholderData ? ' is-stale' : ''}`} data-kpi={name} aria-label={label}>
      <header>
        <h2>{label}</h2>
        {table && (
          <Definition
            about={label}
            explanations={[table]}
            note="Shown: the number of the whole range. Change: its ended days against as many days before them."
          />
        )}
      </header>
      {table === undefined && result.isError ? (
        <LoadFailure error={result.error} retry={() => void result.refetch()} />
      ) : (
        <>
          <p className="kpi-value">
            {onPick && value ? (
              <NumberButton about={label} onPick={onPick}>
                {shown}
              </NumberButton>
            ) : (
              <span data-value="">
                {shown ?? <span className="skeleton-text" role="status" aria-label="Loading" />}
              </span>
            )}
          </p>
          <div className="kpi-foot">
            <Change change={comparable && ended.data ? rangeChange(ended.data) : null} kind="relative" />
            {table && <Sparkline values={table.rows.filter((row) => row.date < today).map((row) => row.value)} />}
          </div>
        </>
      )}
    </article>
  );
}
