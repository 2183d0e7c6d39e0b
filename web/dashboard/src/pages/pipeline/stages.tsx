import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { pipelineQuery } from '../../api/queries';
import { LoadFailure } from '../../charts/chart_card';
import { Sparkline } from '../../charts/sparkline';
import { dateAndTime } from '../../format/dates';
import { formatNumber } from '../../format/numbers';
import { addSample, rateOf, ratesOf, type Counter, type Sample } from '../../pipeline/rates';
import { useApi } from '../../session/session';
import { isBehind } from '../../shell/shell';

const watchMs = 2000;

/** The counters of the way of an event, watched while the page is open. */
export function Stages({ timezone }: { timezone: string }) {
  const { data, dataUpdatedAt, error, isError, refetch } = useQuery({ ...pipelineQuery(useApi()), refetchInterval: watchMs });
  const samples = useSamples(data && { at: dataUpdatedAt, facts: data });
  if (data === undefined) {
    return isError ? (
      <section className="card">
        <LoadFailure error={error} retry={() => void refetch()} />
      </section>
    ) : (
      <div className="skeleton" role="status" aria-label="Loading" />
    );
  }
  const received = data.log_end + data.rejected;
  const behind = isBehind(data, dataUpdatedAt);
  const stage = (counter: Counter) => ({ counter, samples, value: data[counter] });
  return (
    <section className="kpis" aria-label="The way of an event">
      <Stage label="Made durable" {...stage('log_end')}>
        answered with success
      </Stage>
      <article className="card kpi" data-stage="lag" aria-label="Still to be applied">
        <header>
          <h2>Still to be applied</h2>
        </header>
        <p className="kpi-value">
          <span data-value="">{formatNumber(data.lag_events, 'count')}</span>
        </p>
        <p className={`stage-detail ${behind ? 'is-bad' : 'muted'}`}>
          {behind ? 'Behind: charts lack these events' : 'Charts hold all else'}
          {data.last_commit_at !== null && `, last batch ${dateAndTime(data.last_commit_at, timezone)}`}
        </p>
      </article>
      <Stage label="Counted" {...stage('stored')}>
        in every number
      </Stage>
      <Stage label="Repeats left out" {...stage('duplicates')}>
        {formatNumber(share(data.duplicates, data.log_end), 'share')} of what was made durable
      </Stage>
      <Stage label="Refused" {...stage('rejected')}>
        {formatNumber(share(data.rejected, received), 'share')} of what came · <Link to="/rejected">with reasons</Link>
      </Stage>
    </section>
  );
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

function useSamples(sample: Sample | undefined): Sample[] {
  const [samples, setSamples] = useState<Sample[]>([]);
  // What was read is kept while it is shown: an effect would show each answer twice.
  if (sample && sample.at !== samples.at(-1)?.at) {
    const next = addSample(samples, sample);
    if (next !== samples) setSamples(next);
  }
  return samples;
}

interface StageProps {
  label: string;
  counter: Counter;
  samples: Sample[];
  value: number;
  children: ReactNode;
}

function Stage({ label, counter, samples, value, children }: StageProps) {
  const rate = rateOf(samples, counter);
  return (
    <article className="card kpi" data-stage={counter} aria-label={label}>
      <header>
        <h2>{label}</h2>
      </header>
      <p className="kpi-value">
        <span data-value="">{formatNumber(value, 'count')}</span>
      </p>
      <p className="stage-detail muted">{children}</p>
      <div className="kpi-foot">
        <span className="muted fine">{rate === null ? 'measuring…' : `${formatNumber(rate, 'count')} a second`}</span>
        <Sparkline values={ratesOf(samples, counter)} />
      </div>
    </article>
  );
}
