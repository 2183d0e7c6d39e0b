import { useQuery } from '@tanstack/react-query';
import { questionQuery, type Answer } from '../../api/questions';
import { DataTable } from '../../charts/data_table';
import { together } from '../../charts/loadable';
import { WeekHeatmap, weekdayName } from '../../charts/week_heatmap';
import { addDays } from '../../format/dates';
import { formatNumber } from '../../format/numbers';
import { InsightCard } from '../../insight/insight_card';
import type { InsightView } from '../../insight/use_insight';
import { weekHours, type HourRow, type WeekHours } from '../../sessions/week_hours';
import { useApi } from '../../session/session';

type HoursAnswer = Answer<HourRow>;

// Hours of more days than this would be a large answer for a picture of 168 cells.
const daysMax = 91;

/** When people play: the mean of each hour of the week. */
export function HoursCard({ view }: { view: InsightView }) {
  const { project, range, asks } = view;
  const earliest = addDays(range.to, 1 - daysMax);
  const question = {
    ...asks,
    from: range.from < earliest ? earliest : range.from,
    interval: 'hour',
    series: [{ measure: 'sessions' }],
  };
  const data = together({ hours: useQuery(questionQuery<HoursAnswer>(useApi(), 'trend', question)) });
  const cells = ({ hours }: { hours: HoursAnswer }) => weekHours(hours.rows, project.timezone, Date.parse(hours.as_of));
  return (
    <InsightCard
      view={view}
      asked={{ kind: 'trend', question }}
      name="hours"
      title={`Sessions that start in each hour of the week, mean, ${project.timezone}`}
      size="wide"
      data={data}
      explain={({ hours }) => [hours]}
      isEmpty={(loaded) => cells(loaded).highest === 0}
      emptyText="No sessions in this range."
      chart={(loaded) => <WeekHeatmap hours={cells(loaded)} label="Sessions by hour of the week" />}
      table={(loaded) => <HoursTable hours={cells(loaded)} />}
      csv={({ hours }) => ({
        header: ['time', 'sessions'],
        rows: hours.rows.map((row) => [row.time, row.value]),
      })}
    />
  );
}

function HoursTable({ hours }: { hours: WeekHours }) {
  return (
    <DataTable
      caption="Sessions by hour of the week"
      columns={[{ label: 'Hour' }, ...hours.days.map((_, day) => ({ label: weekdayName(day), numeric: true }))]}
      rows={Array.from({ length: 24 }, (_, hour) => ({
        key: String(hour),
        cells: [`${hour}:00`, ...hours.days.map((day) => formatNumber(day[hour], 'count'))],
      }))}
    />
  );
}
