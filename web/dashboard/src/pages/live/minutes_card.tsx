import type { UseQueryResult } from '@tanstack/react-query';
import type { Explanation, LiveAnswer, Project } from '../../api/types';
import { BarChart } from '../../charts/bar_chart';
import { ChartCard } from '../../charts/chart_card';
import { DataTable } from '../../charts/data_table';
import { together } from '../../charts/loadable';
import { clockMinute } from '../../format/dates';
import { formatNumber } from '../../format/numbers';
import { showsTable, toggleTable, type LiveSearch } from '../../state/search';

interface Props {
  project: Project;
  live: UseQueryResult<LiveAnswer>;
  search: LiveSearch;
  update: (change: { tables: string | undefined }) => void;
}

/** The live answer carries no explanation of its own, since it has one fixed window. */
const explanation = (live: LiveAnswer, project: Project): Explanation => ({
  metric: 'live',
  title: 'Players per minute',
  definition: 'Distinct players with at least one event in the minute, by the time the event happened.',
  unit: 'players',
  timezone: project.timezone,
  window: 'the last 30 minutes',
  from: live.minutes[0]?.minute.slice(0, 10) ?? live.as_of.slice(0, 10),
  to: live.as_of.slice(0, 10),
  complete: true,
  late_share: 0,
  as_of: live.as_of,
});

export function MinutesCard({ project, live, search, update }: Props) {
  const shortTime = (minute: string) => clockMinute(minute, project.timezone);
  return (
    <ChartCard
      name="minutes"
      title="Players per minute"
      data={together({ live })}
      explain={(loaded) => [explanation(loaded.live, project)]}
      isEmpty={(loaded) => loaded.live.minutes.every((minute) => minute.events === 0)}
      emptyText="Nothing in the last 30 minutes. A new event shows up here within seconds."
      chart={(loaded) => (
        <BarChart
          label="Players per minute"
          height={148}
          spacing="minutes"
          positions={loaded.live.minutes.map(({ minute, events }) => ({
            short: shortTime(minute),
            long: `${shortTime(minute)} · ${formatNumber(events, 'count')} events`,
          }))}
          // The minute that still runs is not final.
          provisional={loaded.live.minutes.map((_, index, all) => index === all.length - 1)}
          series={[
            { label: 'Players', color: '--series-1', values: loaded.live.minutes.map((minute) => minute.players) },
          ]}
          kind="count"
        />
      )}
      table={(loaded) => (
        <DataTable
          caption="Players per minute"
          columns={[{ label: 'Minute' }, { label: 'Players', numeric: true }, { label: 'Events', numeric: true }]}
          rows={loaded.live.minutes
            .map(({ minute, players, events }) => ({
              key: minute,
              cells: [shortTime(minute), formatNumber(players, 'count'), formatNumber(events, 'count')],
            }))
            .toReversed()}
        />
      )}
      csv={(loaded) => ({
        header: ['minute', 'players', 'events'],
        rows: loaded.live.minutes.map(({ minute, players, events }) => [minute, players, events]),
      })}
      showTable={showsTable(search.tables, 'minutes')}
      onToggleTable={() => update({ tables: toggleTable(search.tables, 'minutes') })}
    />
  );
}
