import type { UseQueryResult } from '@tanstack/react-query';

/** What a chart needs to know of its data: several requests count as one. */
export interface Loadable<Data> {
  data: Data | undefined;
  /** Set only while there is nothing to show; a failed refresh keeps the numbers and sets `stale`. */
  error: Error | null;
  pending: boolean;
  stale: boolean;
  /** The reader has stopped the request before there was anything to show. */
  stopped: boolean;
  retry: () => void;
}

type DataOf<Results> = { [Name in keyof Results]: Results[Name] extends UseQueryResult<infer Data> ? Data : never };

export function together<Results extends Record<string, UseQueryResult<unknown>>>(
  results: Results,
): Loadable<DataOf<Results>> {
  const all = Object.values(results);
  const complete = all.every((result) => result.data !== undefined);
  const failed = all.filter((result) => result.isError);
  const missing = all.filter((result) => result.data === undefined);
  const stopped = !complete && failed.length === 0 && missing.every((result) => result.fetchStatus === 'idle');
  return {
    data: complete
      ? (Object.fromEntries(Object.entries(results).map(([name, result]) => [name, result.data])) as DataOf<Results>)
      : undefined,
    error: complete ? null : (failed[0]?.error ?? null),
    pending: !complete && failed.length === 0 && !stopped,
    stopped,
    stale: complete && all.some((result) => result.isPlaceholderData || result.isError),
    retry: () => [...failed, ...(stopped ? missing : [])].forEach((result) => void result.refetch()),
  };
}
