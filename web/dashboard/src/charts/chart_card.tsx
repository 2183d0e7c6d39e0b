import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useId, useState, type ReactNode } from 'react';
import { ApiError } from '../api/problem';
import type { Explanation } from '../api/types';
import { downloadCsv, toCsv, type CsvCell } from '../format/csv';
import { clockTime } from '../format/dates';
import { formatNumber } from '../format/numbers';
import { ChartIcon, DownloadIcon, TableIcon } from '../shell/icons';
import { useChartFrame } from './chart_frame';
import { Definition } from './definition';
import type { Loadable } from './loadable';

interface Props<Data> {
  name: string;
  title: string;
  data: Loadable<Data>;
  explain: (data: Data) => Explanation[];
  isEmpty: (data: Data) => boolean;
  /** One sentence: what would have to happen for this chart to show something. */
  emptyText: string;
  chart: (data: Data) => ReactNode;
  table: (data: Data) => ReactNode;
  csv: (data: Data) => { header: string[]; rows: CsvCell[][] };
  showTable: boolean;
  onToggleTable: () => void;
  legend?: (data: Data) => ReactNode;
  tools?: ReactNode;
  size?: 'wide' | 'half';
}

/** The frame every chart shares: title, definition, table view, CSV, time zone, as-of, and its loading, empty and error states. */
export function ChartCard<Data>(props: Props<Data>) {
  const { name, data: loadable, size = 'half' } = props;
  const frame = useChartFrame();
  const title = frame.title ?? props.title;
  // A board may show a chart twice, and an id is one element's.
  const id = useId();
  const { data } = loadable;
  const explanations = data === undefined ? [] : props.explain(data);
  const first = explanations[0];
  const filled = data !== undefined && !props.isEmpty(data);
  return (
    <section
      className={`card chart-card ${size}`}
      aria-labelledby={id}
      data-chart={name}
      data-state={stateOf(loadable, filled)}
    >
      <header className="card-head">
        <h2 id={id}>{title}</h2>
        {explanations.length > 0 && <Definition about={title} explanations={explanations} />}
        <div className="card-tools">
          {filled && props.tools}
          {frame.tools({ name, title })}
          <button
            type="button"
            className="icon-button"
            aria-pressed={props.showTable}
            aria-label={props.showTable ? `Show ${title} as a chart` : `Show ${title} as a table`}
            title={props.showTable ? 'Chart view' : 'Table view'}
            disabled={!filled}
            onClick={props.onToggleTable}
          >
            {props.showTable ? <ChartIcon /> : <TableIcon />}
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label={`Download ${title} as CSV`}
            title="Download CSV"
            disabled={!filled}
            onClick={() => data !== undefined && save(name, first, props.csv(data))}
          >
            <DownloadIcon />
          </button>
        </div>
      </header>
      {filled && props.legend && <div className="legend">{props.legend(data)}</div>}
      <div
        className={`card-body${loadable.stale ? ' is-stale' : ''}`}
        // What does not fit into the room that is given scrolls, by keyboard as well.
        {...(frame.fills ? { role: 'region', tabIndex: 0, 'aria-label': `${title}: content` } : {})}
      >
        <Body {...props} filled={filled} />
      </div>
      {first && <Footer explanation={first} />}
    </section>
  );
}

const stateOf = (loadable: Loadable<unknown>, filled: boolean): string =>
  loadable.error ? 'error' : loadable.stopped ? 'stopped' : loadable.pending ? 'loading' : filled ? 'ready' : 'empty';

function Body<Data>({ data: loadable, filled, emptyText, showTable, chart, table }: Props<Data> & { filled: boolean }) {
  if (loadable.error) return <LoadFailure error={loadable.error} retry={loadable.retry} />;
  if (loadable.stopped) return <Stopped retry={loadable.retry} />;
  if (loadable.data === undefined) return <Waiting />;
  if (!filled) return <p className="empty">{emptyText}</p>;
  return showTable ? table(loadable.data) : chart(loadable.data);
}

const patienceMs = 1000;

/** What takes longer than a moment can be stopped; the server then stops working on it as well. */
function Waiting() {
  const queries = useQueryClient();
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLong(true), patienceMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="waiting">
      <div className="skeleton" role="status" aria-label="Loading" />
      {isLong && (
        <button
          type="button"
          className="button"
          onClick={() => void queries.cancelQueries({ predicate: (query) => query.state.data === undefined })}
        >
          Stop loading
        </button>
      )}
    </div>
  );
}

function Stopped({ retry }: { retry: () => void }) {
  return (
    <div className="empty">
      <p>Stopped before the answer came.</p>
      <button type="button" className="button" onClick={retry}>
        Load it
      </button>
    </div>
  );
}

export function LoadFailure({ error, retry }: { error: Error; retry: () => void }) {
  const problem = error instanceof ApiError ? error : null;
  return (
    <div className="failure" role="alert">
      <p>
        <strong>These numbers could not be loaded.</strong> {error.message}
      </p>
      {problem && (
        <p className="fine muted">
          <code>{problem.code}</code>
          {problem.traceId && <> · trace {problem.traceId}</>}
        </p>
      )}
      {problem?.code !== 'gm-right-missing' && (
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

function Footer({ explanation }: { explanation: Explanation }) {
  return (
    <footer className="card-foot">
      <span className="foot-yields">{explanation.timezone}</span>
      <span className="foot-yields">as of {clockTime(explanation.as_of, explanation.timezone)}</span>
      {!explanation.complete && (
        <span className="with-hatch">
          <i className="hatch-sample" aria-hidden="true" /> not final yet
        </span>
      )}
      {explanation.late_share > 0 && (
        <span data-late="">{formatNumber(explanation.late_share, 'share')} late</span>
      )}
    </footer>
  );
}

function save(name: string, explanation: Explanation | undefined, csv: { header: string[]; rows: CsvCell[][] }): void {
  const range = explanation ? `_${explanation.from}_${explanation.to}` : '';
  downloadCsv(`${name}${range}.csv`, toCsv(csv.header, csv.rows));
}
