import { useQuery } from '@tanstack/react-query';
import { metricQuery, retentionQuery } from '../../api/queries';
import type { MetricName } from '../../api/types';
import { together } from '../../charts/loadable';
import type { CardProps, Cards } from '../../insight/cards';
import { useApi } from '../../session/session';
import { previousRange, type DateRange } from '../../state/range';
import type { OverviewSearch } from '../../state/search';
import type { ViewProps } from '../overview';
import { PlayersChart } from './players_chart';
import { RetentionCard } from './retention_card';
import { SingleMetricChart } from './single_metric_chart';
import { TopEventsCard } from './top_events_card';

type Props = CardProps<OverviewSearch>;

const useMetric = (name: MetricName, range: DateRange) => useQuery(metricQuery(useApi(), name, range));

const viewOf = ({ view, search, update }: Props): ViewProps => ({
  project: view.project,
  today: view.today,
  search,
  update,
});

function PlayersCard(given: Props) {
  const { range } = given.view;
  const metrics = {
    dau: useMetric('dau', range),
    new_players: useMetric('new_players', range),
    returning_players: useMetric('returning_players', range),
  };
  const before = { dau: useMetric('dau', previousRange(range)) };
  return <PlayersChart view={viewOf(given)} metrics={metrics} before={before} />;
}

function OneMetric({ name, color, kind, ...given }: Props & { name: 'sessions' | 'revenue'; color: string; kind: 'count' | 'money' }) {
  const { range } = given.view;
  const data = together({ current: useMetric(name, range), previous: useMetric(name, previousRange(range)) });
  const emptyText = name === 'sessions' ? 'No sessions in this range.' : 'No purchases in this range.';
  return <SingleMetricChart name={name} color={color} kind={kind} emptyText={emptyText} view={viewOf(given)} data={data} />;
}

const SessionsCard = (given: Props) => <OneMetric {...given} name="sessions" color="--series-1" kind="count" />;
const RevenueCard = (given: Props) => <OneMetric {...given} name="revenue" color="--series-3" kind="money" />;

function TriangleCard(given: Props) {
  const data = together({ retention: useQuery(retentionQuery(useApi(), given.view.range)) });
  return <RetentionCard view={viewOf(given)} data={data} />;
}

const EventsCard = (given: Props) => <TopEventsCard view={viewOf(given)} range={given.view.range} />;

/** The overview's charts, each asking for itself; on the page they share what key figures ask as well. */
export const cards: Cards<OverviewSearch> = {
  players: PlayersCard,
  sessions: SessionsCard,
  revenue: RevenueCard,
  retention: TriangleCard,
  'top-events': EventsCard,
};
