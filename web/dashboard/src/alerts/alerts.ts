import { queryOptions } from '@tanstack/react-query';
import type { ApiClient } from '../api/client';
import { formatNumber } from '../format/numbers';

// The shapes of docs/reference/notifications.md.

export const windows = ['hour', 'day', 'week', 'month'] as const;
export type Window = (typeof windows)[number];

export type AlertCondition =
  | { kind: 'threshold'; above?: number; below?: number; resolve_at?: number }
  | { kind: 'change'; unit?: 'percent' | 'absolute'; falls?: number; rises?: number }
  | { kind: 'anomaly'; sensitivity?: number; weeks?: number; at_least?: number; side?: 'both' | 'above' | 'below' };

/** What a rule is asked for and changed with. */
export interface RuleBody {
  name: string;
  enabled: boolean;
  metric: string;
  filter?: unknown;
  window: Window;
  condition: AlertCondition;
  for_seconds: number;
  incomplete: boolean;
  channels: string[];
}

export interface Rule extends RuleBody {
  id: string;
  created_at: string;
  state: {
    phase: 'ok' | 'pending' | 'firing';
    since: string | null;
    judged_at: string | null;
    period: string | null;
    value: number | null;
    not_judged: string | null;
    alert: string | null;
  };
}

export interface Alert {
  id: string;
  rule: string;
  rule_name: string;
  state: 'firing' | 'resolved';
  summary: string;
  value: number | null;
  started_at: string;
  ended_at: string | null;
}

export interface Channel {
  id: string;
  kind: string;
  name: string;
  target: string | string[];
  enabled: boolean;
  trouble: string | null;
  created_at: string;
}

export interface Delivery {
  id: string;
  channel: string;
  type: string;
  state: 'waiting' | 'delivered' | 'dead';
  attempts: number;
  created_at: string;
  next_attempt_at: string | null;
  finished_at: string | null;
  reason: string | null;
}

export interface Preview {
  judged: boolean;
  holds: boolean;
  period: string | null;
  value: number | null;
  summary: string | null;
  not_judged: string | null;
}

const refreshMs = 15_000;

const listOf = <Row>(api: ApiClient, path: string, member: string) =>
  queryOptions({
    queryKey: ['alerts', path],
    queryFn: async ({ signal }) => (await api.get<Record<string, Row[]>>(path, {}, signal))[member] ?? [],
    refetchInterval: refreshMs,
  });

export const alertsQuery = (api: ApiClient) => listOf<Alert>(api, 'api/v1/alerts', 'alerts');
export const rulesQuery = (api: ApiClient) => listOf<Rule>(api, 'api/v1/alert-rules', 'rules');
export const channelsQuery = (api: ApiClient) => listOf<Channel>(api, 'api/v1/channels', 'channels');
export const deliveriesQuery = (api: ApiClient) => listOf<Delivery>(api, 'api/v1/deliveries', 'deliveries');

/** A rule as it is sent, without what the server says of it. */
export const bodyOf = ({ id: _id, created_at: _made, state: _state, ...body }: Rule): RuleBody => body;

/** A condition in words, after the name of its metric. */
export function conditionText(condition: AlertCondition): string {
  const number = (value: number) => formatNumber(value, 'count');
  switch (condition.kind) {
    case 'threshold':
      return condition.above === undefined ? `is below ${number(condition.below ?? 0)}` : `is above ${number(condition.above)}`;
    case 'change': {
      const unit = condition.unit === 'absolute' ? '' : ' %';
      const parts = [
        ...(condition.falls === undefined ? [] : [`falls by more than ${number(condition.falls)}${unit}`]),
        ...(condition.rises === undefined ? [] : [`rises by more than ${number(condition.rises)}${unit}`]),
      ];
      return parts.join(' or ');
    }
    case 'anomaly': {
      const sides = { both: 'far from', above: 'far above', below: 'far below' };
      return `is ${sides[condition.side ?? 'both']} what the weeks before had`;
    }
  }
}

/** What the form holds: all as text, since a field may be empty. */
export interface RuleForm {
  name: string;
  metric: string;
  window: Window;
  kind: AlertCondition['kind'];
  side: 'above' | 'below' | 'both';
  amount: string;
  hours: string;
  channels: string[];
}

const secondsPerHour = 3600;

/** The rule that the form means, or what it lacks. */
export function ruleOfForm(form: RuleForm): { rule: RuleBody } | { problem: string } {
  const amount = Number(form.amount);
  const needsAmount = form.kind !== 'anomaly';
  if (form.name.trim() === '') return { problem: 'Give the rule a name.' };
  if (needsAmount && (form.amount.trim() === '' || !Number.isFinite(amount)))
    return { problem: 'Give the number that it is compared with.' };
  if (form.kind === 'anomaly' && form.window !== 'hour' && form.window !== 'day')
    return { problem: 'Only hours and days come again every week: choose one of them, or another condition.' };
  return {
    rule: {
      name: form.name.trim(),
      enabled: true,
      metric: form.metric,
      window: form.window,
      condition: conditionOf(form, amount),
      for_seconds: Math.max(0, Math.round(Number(form.hours) * secondsPerHour)) || 0,
      incomplete: false,
      channels: form.channels,
    },
  };
}

function conditionOf({ kind, side }: RuleForm, amount: number): AlertCondition {
  if (kind === 'anomaly') return { kind, side };
  if (kind === 'threshold') return side === 'above' ? { kind, above: amount } : { kind, below: amount };
  return {
    kind,
    unit: 'percent',
    ...(side === 'above' ? {} : { falls: amount }),
    ...(side === 'below' ? {} : { rises: amount }),
  };
}
