import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError } from '../../api/problem';
import { cancelQuery, runningQueriesQuery, type RunningQuery } from '../../api/running_queries';
import { LoadFailure } from '../../charts/chart_card';
import { spanOfTime } from '../../format/durations';
import { formatNumber } from '../../format/numbers';
import { useApi } from '../../session/session';

/** The project's questions that the server is answering now, whoever asked, each with the way to end it. */
export function RunningCard() {
  const answer = useQuery(runningQueriesQuery(useApi()));
  const queries = answer.data?.queries ?? [];
  return (
    <section className="card chart-card wide" aria-labelledby="running-title" data-running={answer.data?.queries.length}>
      <header className="card-head">
        <h2 id="running-title">Questions that run now</h2>
        <p className="fine muted">This project&#39;s, of every key, person and page. Who asked is told that it was cancelled.</p>
      </header>
      <div className="card-body">
        {answer.data === undefined ? (
          answer.isError ? (
            <LoadFailure error={answer.error} retry={() => void answer.refetch()} />
          ) : (
            <div className="skeleton" role="status" aria-label="Loading" />
          )
        ) : queries.length === 0 ? (
          <p className="empty">Nothing is being asked. Most questions are answered before they could be seen here.</p>
        ) : (
          <RunningTable queries={queries} />
        )}
      </div>
    </section>
  );
}

const columns = ['Kind', 'Question', 'Asked by', 'Runs for', 'Sent'];

function RunningTable({ queries }: { queries: RunningQuery[] }) {
  return (
    <div className="table-scroll" role="region" aria-label="Questions that run now" tabIndex={0}>
      <table className="data-table running-table">
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            <th scope="col">
              <span className="sr-only">Cancel</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {queries.map((query) => (
            <RunningRow key={query.id} query={query} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RunningRow({ query }: { query: RunningQuery }) {
  const api = useApi();
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => cancelQuery(api, query.id),
    // Also after a refusal: a question that has ended meanwhile has to leave the list.
    onSettled: () => client.invalidateQueries({ queryKey: runningQueriesQuery(api).queryKey }),
  });
  const ended = cancel.error instanceof ApiError && cancel.error.code === 'gm-query-unknown';
  const ends = query.cancelled || cancel.isSuccess || ended;
  return (
    <tr data-query={query.id}>
      <td>{query.kind}</td>
      <td className="running-text" title={query.text}>
        <code>{query.text}</code>
      </td>
      <td data-asker={query.asker}>{query.asker.replace(':', ' ')}</td>
      <td>{spanOfTime(query.running_ms / 1000)}</td>
      <td>{query.rows > 0 ? `${formatNumber(query.rows, 'count')} rows` : '–'}</td>
      <td>
        <button
          type="button"
          className="button quiet"
          aria-label={`Cancel the question ${query.id}`}
          disabled={ends || cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          {ends ? 'Ending…' : 'Cancel'}
        </button>
        {cancel.isError && !ended && (
          <span role="alert" className="fine">
            {cancel.error.message}
          </span>
        )}
      </td>
    </tr>
  );
}
