import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ApiClient } from './client';
import { sqlRowsQuery } from './sql';

// What the server has learned of events and their properties, and what is expected of them.

export const propertyTypes = ['string', 'number', 'boolean', 'list', 'object', 'null'] as const;

/** Values of one type that a property had. Without the registry nobody knows when, and nothing violates. */
export interface SeenType {
  type: string;
  values: number;
  sample: string;
  violates: boolean;
}

export interface PropertyShape {
  property: string;
  /** Null: nothing is expected. */
  expected: string[] | null;
  origin: 'declared' | 'frozen' | null;
  seen: SeenType[];
}

export interface EventShape {
  event: string;
  events: number;
  properties: PropertyShape[];
}

export interface Violation {
  event: string;
  property: string;
  expected: string[];
  got: string;
  values: number;
  last_seen_at: string;
  sample: string;
}

interface SchemaAnswer {
  total: number;
  events: EventShape[];
}

export interface ViolationsAnswer {
  total: number;
  violations: Violation[];
}

/** Whether this server keeps a schema: its own description says so, where a route that is not there would be an error in the console. */
export const hasSchemaQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: ['schema', 'offered'],
    queryFn: async ({ signal }) => {
      const { paths } = await api.get<{ paths: object }>('openapi.json', {}, signal);
      return Object.hasOwn(paths, '/api/v1/schema');
    },
    staleTime: Infinity,
  });

export const violationsQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: ['schema', 'violations'],
    queryFn: ({ signal }) => api.get<ViolationsAnswer>('api/v1/schema/violations', { limit: 500 }, signal),
    refetchInterval: 30_000,
  });

/** Null: the registry has not heard of the event. */
export const eventShapeQuery = (api: ApiClient, event: string) =>
  queryOptions({
    queryKey: ['schema', 'event', event],
    queryFn: async ({ signal }) => {
      const answer = await api.get<SchemaAnswer>('api/v1/schema', { event, limit: 1 }, signal);
      return answer.events[0] ?? null;
    },
    refetchInterval: 30_000,
  });

/** Expects these types of a property; without types those that were learned so far, without a property of all properties. */
export const declareSchema = (api: ApiClient, event: string, property?: string, types?: string[]) =>
  api.post<{ declared: number }>('api/v1/schema/declare', { event, ...(property ? { property } : {}), ...(types ? { types } : {}) });

export const forgetSchema = (api: ApiClient, event: string, property: string) =>
  api.post<{ forgotten: number }>('api/v1/schema/forget', { event, property });

/** A name that came, with the days on which it first and last happened. */
export interface EventName {
  event: string;
  events: number;
  firstDay: string;
  lastDay: string;
}

export const eventNamesMax = 2000;

const namesStatement = `SELECT event, sum(events) AS events, min(date) AS first_day, max(date) AS last_day
FROM event_days GROUP BY event ORDER BY events DESC, event LIMIT ${eventNamesMax}`;

export const eventListQuery = (api: ApiClient) =>
  queryOptions({
    ...sqlRowsQuery(api, namesStatement),
    refetchInterval: 30_000,
    placeholderData: keepPreviousData,
    select: ({ rows }): EventName[] =>
      rows.map(([event, events, firstDay, lastDay]) => ({
        event: String(event),
        events: Number(events),
        firstDay: String(firstDay),
        lastDay: String(lastDay),
      })),
  });

export const sampledEvents = 1000;

/** The properties of the newest events of a name, each as its JSON text. */
export const propertySampleQuery = (api: ApiClient, event: string) =>
  queryOptions({
    ...sqlRowsQuery(
      api,
      `SELECT properties FROM events WHERE event = '${event.replaceAll("'", "''")}' ORDER BY time DESC LIMIT ${sampledEvents}`,
    ),
    select: ({ rows }): string[] => rows.map(([properties]) => String(properties ?? '{}')),
  });
