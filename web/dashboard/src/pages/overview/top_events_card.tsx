import { useQuery } from '@tanstack/react-query';
import { topEventsQuery } from '../../api/queries';
import { BarList } from '../../charts/bar_list';
import { ChartCard } from '../../charts/chart_card';
import { DataTable } from '../../charts/data_table';
import { together } from '../../charts/loadable';
import { formatNumber } from '../../format/numbers';
import { useApi } from '../../session/session';
import type { DateRange } from '../../state/range';
import { tableView, type ViewProps } from '../overview';

export function TopEventsCard({ view, range }: { view: ViewProps; range: DateRange }) {
  const data = together({ top: useQuery(topEventsQuery(useApi(), range)) });
  return (
    <ChartCard
      name="top-events"
      title="Top events"
      size="wide"
      data={data}
      explain={({ top }) => [top]}
      isEmpty={({ top }) => top.rows.length === 0}
      emptyText="No events in this range."
      chart={({ top }) => (
        <BarList
          label="Top events"
          rows={top.rows.map((row) => ({
            name: row.event,
            value: row.events,
            shown: formatNumber(row.events, 'count'),
            detail: formatNumber(row.share, 'share'),
          }))}
        />
      )}
      table={({ top }) => (
        <DataTable
          caption="Top events"
          columns={[{ label: 'Event' }, { label: 'Events', numeric: true }, { label: 'Share', numeric: true }]}
          rows={top.rows.map((row) => ({
            key: row.event,
            cells: [row.event, formatNumber(row.events, 'count'), formatNumber(row.share, 'share')],
          }))}
        />
      )}
      csv={({ top }) => ({
        header: ['event', 'events', 'share'],
        rows: top.rows.map((row) => [row.event, row.events, row.share]),
      })}
      {...tableView(view, 'top-events')}
    />
  );
}
