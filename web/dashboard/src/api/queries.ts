import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { DateRange } from '../state/range';
import type { ApiClient } from './client';
import type {
  CatalogueMetric,
  LiveAnswer,
  MetricAnswer,
  MetricName,
  PipelineAnswer,
  Project,
  RejectedAnswer,
  RetentionAnswer,
  TopEventsAnswer,
} from './types';

const refreshMs = 30_000;
export const retentionDays = [0, 1, 2, 3, 4, 5, 6, 7, 14, 30];

/** While the project is empty it is asked often, so that the first event shows up by itself. */
export const projectQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: ['project'],
    queryFn: ({ signal }) => api.get<Project>('api/v1/project', {}, signal),
    refetchInterval: (query) => (query.state.data?.first_event_at ? refreshMs : 1500),
  });

export const metricQuery = (api: ApiClient, name: MetricName, range: DateRange) =>
  queryOptions({
    queryKey: ['metric', name, range.from, range.to],
    queryFn: ({ signal }) =>
      api.get<MetricAnswer>(`api/v1/metrics/${name}`, { from: range.from, to: range.to }, signal),
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });

export const retentionQuery = (api: ApiClient, range: DateRange) =>
  queryOptions({
    queryKey: ['retention', range.from, range.to],
    queryFn: ({ signal }) =>
      api.get<RetentionAnswer>(
        'api/v1/retention',
        { from: range.from, to: range.to, days: retentionDays.join(',') },
        signal,
      ),
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });

export const catalogueQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: ['metrics'],
    queryFn: ({ signal }) => api.get<{ metrics: CatalogueMetric[] }>('api/v1/metrics', {}, signal),
    staleTime: Infinity,
  });

/** Names of events to choose from: those that happened in the range, most frequent first. */
export const eventNamesQuery = (api: ApiClient, range: DateRange) =>
  queryOptions({
    queryKey: ['events', 'names', range.from, range.to],
    queryFn: ({ signal }) =>
      api.get<TopEventsAnswer>('api/v1/events/top', { from: range.from, to: range.to, limit: 200 }, signal),
    staleTime: 300_000,
    select: (answer) => answer.rows.map((row) => row.event),
    placeholderData: keepPreviousData,
  });

export const topEventsQuery = (api: ApiClient, range: DateRange) =>
  queryOptions({
    queryKey: ['events', 'top', range.from, range.to],
    queryFn: ({ signal }) =>
      api.get<TopEventsAnswer>('api/v1/events/top', { from: range.from, to: range.to, limit: 10 }, signal),
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });

export const liveQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: ['live'],
    queryFn: ({ signal }) => api.get<LiveAnswer>('api/v1/live', {}, signal),
    refetchInterval: 5000,
  });

export const rejectedPageSize = 50;

export const rejectedQuery = (api: ApiClient, reason: string | undefined, before: number | undefined) =>
  queryOptions({
    queryKey: ['rejected', reason ?? null, before ?? null],
    queryFn: ({ signal }) =>
      api.get<RejectedAnswer>('api/v1/rejected', { limit: rejectedPageSize, before, reason }, signal),
    // An older page does not change; the newest one does.
    refetchInterval: before === undefined ? 10_000 : false,
    placeholderData: keepPreviousData,
  });

export const pipelineQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: ['pipeline'],
    queryFn: ({ signal }) => api.get<PipelineAnswer>('api/v1/pipeline', {}, signal),
    refetchInterval: 10_000,
  });
