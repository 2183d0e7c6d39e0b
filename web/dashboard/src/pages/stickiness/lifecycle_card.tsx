import { useQuery } from '@tanstack/react-query';
import { questionQuery, type Answer } from '../../api/questions';
import { BarChart } from '../../charts/bar_chart';
import { DataTable } from '../../charts/data_table';
import { Legend } from '../../charts/legend';
import { together } from '../../charts/loadable';
import { formatNumber } from '../../format/numbers';
import { InsightCard } from '../../insight/insight_card';
import { NumberButton } from '../../insight/number_button';
import type { InsightView } from '../../insight/use_insight';
import {
  intervalName,
  intervals,
  lifecycleOf,
  stateNames,
  states,
  type Lifecycle,
  type LifecycleInterval,
  type State,
  type StateRow,
} from '../../lifecycle/states';
import { useApi } from '../../session/session';

interface Props {
  view: InsightView;
  interval: LifecycleInterval;
  onInterval: (interval: Exclude<LifecycleInterval, 'day'> | undefined) => void;
}

const colors: Record<State, number> = { returning: 1, resurrected: 4, new: 3, dormant: 2 };

/** Who comes, above the axis; who was there before and has not come, below it. */
export function LifecycleCard({ view, interval, onInterval }: Props) {
  const question = { ...view.asks, interval };
  const data = together({ cycle: useQuery(questionQuery<Answer<StateRow>>(useApi(), 'lifecycle', question)) });
  const cycleOf = ({ cycle }: { cycle: Answer<StateRow> }) => lifecycleOf(cycle.rows, interval, view.today);
  const show = (state: State | undefined, date: string | undefined) => {
    if (!state || date === undefined) return;
    const title = `${stateNames[state]}, ${intervalName(interval, date).long}`;
    view.show({ title, kind: 'lifecycle', query: question, cell: { date, state } });
  };
  return (
    <InsightCard
      view={view}
      asked={{ kind: 'lifecycle', question }}
      name="lifecycle"
      title="Lifecycle"
      size="wide"
      data={data}
      explain={({ cycle }) => [cycle]}
      isEmpty={({ cycle }) => cycle.rows.length === 0}
      emptyText="Nobody played in this range."
      tools={
        <fieldset className="segmented small" aria-label="Interval">
          {(Object.keys(intervals) as LifecycleInterval[]).map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={interval === name}
              onClick={() => onInterval(name === 'day' ? undefined : name)}
            >
              {intervals[name]}
            </button>
          ))}
        </fieldset>
      }
      legend={() => (
        <Legend entries={states.map((state) => ({ label: stateNames[state], swatch: `series-${colors[state]}` }))} />
      )}
      chart={(loaded) => {
        const cycle = cycleOf(loaded);
        return (
          <BarChart
            label="Players by what the interval means for them"
            positions={cycle.dates.map((date) => intervalName(interval, date))}
            provisional={cycle.provisional}
            series={states.map((state) => ({
              label: stateNames[state],
              color: `--series-${colors[state]}`,
              values: cycle.players[state],
              below: state === 'dormant',
            }))}
            totalLabel="Active"
            kind="count"
            height={240}
            onPick={(index, part) => show(states[part], cycle.dates[index])}
          />
        );
      }}
      table={(loaded) => <LifecycleTable cycle={cycleOf(loaded)} interval={interval} onPick={show} />}
      csv={({ cycle }) => ({
        header: ['date', 'state', 'players'],
        rows: cycle.rows.map((row) => [row.date, row.state, row.players]),
      })}
    />
  );
}

interface TableProps {
  cycle: Lifecycle;
  interval: LifecycleInterval;
  onPick: (state: State, date: string) => void;
}

function LifecycleTable({ cycle, interval, onPick }: TableProps) {
  const number = (state: State, index: number, date: string) => {
    const players = cycle.players[state][index] ?? 0;
    if (players === 0) return '0';
    return (
      <NumberButton
        key={state}
        about={`${stateNames[state]}, ${intervalName(interval, date).long}`}
        onPick={() => onPick(state, date)}
      >
        {formatNumber(players, 'count')}
      </NumberButton>
    );
  };
  return (
    <DataTable
      caption="Lifecycle"
      columns={[
        { label: intervals[interval] },
        ...states.map((state) => ({ label: stateNames[state], numeric: true })),
        { label: 'Final' },
      ]}
      rows={cycle.dates
        .map((date, index) => ({
          key: date,
          cells: [
            intervalName(interval, date).long,
            ...states.map((state) => number(state, index, date)),
            cycle.provisional[index] ? 'not yet' : 'yes',
          ],
        }))
        .toReversed()}
    />
  );
}
