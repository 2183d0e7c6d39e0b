import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { questionQuery, type Answer } from '../api/questions';
import type { Project } from '../api/types';
import { DataTable } from '../charts/data_table';
import { Legend } from '../charts/legend';
import { LevelChart } from '../charts/level_chart';
import { together } from '../charts/loadable';
import { formatNumber } from '../format/numbers';
import type { Cards } from '../insight/cards';
import { InsightCard } from '../insight/insight_card';
import { NumberButton } from '../insight/number_button';
import { useInsight, type InsightView } from '../insight/use_insight';
import { causeOf, typicalLevel, walls, type LevelRow, type Typical } from '../progression/levels';
import { useApi } from '../session/session';
import { NeedsEvents } from './needs_events';
import { ComparedLevels } from './progression/compared_levels';

const route = getRouteApi('/progression');

const playersMin = 30;
type LevelsAnswer = Answer<LevelRow>;

export function ProgressionPage() {
  return <NeedsEvents title="Progression">{(project) => <Progression project={project} />}</NeedsEvents>;
}

function Progression({ project }: { project: Project }) {
  const { view, head, compares, filters, dialog } = useInsight(project, route.useSearch());
  const { question, data, showCell } = useLevels(view);
  return (
    <>
      {head('Progression', compares)}
      {filters(0)}
      <div className="chart-grid">
        <LevelsCard view={view} />
        <ComparedLevels view={view} question={question} />
        {data.data && <Walls rows={data.data.levels.rows} showCell={showCell} />}
      </div>
      {dialog}
    </>
  );
}

const levelsQuestion = ({ asks }: InsightView) => ({ ...asks, players_min: playersMin });

function useLevels(view: InsightView) {
  const question = levelsQuestion(view);
  const data = together({ levels: useQuery(questionQuery<LevelsAnswer>(useApi(), 'progression', question)) });
  const showCell: ShowCell = (level, value, title) =>
    view.show({ title, kind: 'progression', query: question, cell: { level, value } });
  return { question, data, showCell };
}

type ShowCell = (level: string, value: string, title: string) => void;

const columns = ['starts', 'completes', 'fails', 'fail_rate', 'mean_attempts', 'drop_off'] as const;

function LevelsCard({ view }: { view: InsightView }) {
  const { question, data, showCell } = useLevels(view);
  return (
    <InsightCard
      view={view}
      asked={{ kind: 'progression', question }}
      name="levels"
      title="Levels"
      size="wide"
      data={data}
      explain={({ levels }) => [levels]}
      isEmpty={({ levels }) => levels.rows.length === 0}
      emptyText="No levels in this range. Send level_start, level_complete and level_fail with the property level to see them here."
      legend={() => (
        <Legend
          entries={[
            { label: 'Attempts that succeeded', swatch: 'series-1' },
            { label: 'Attempts that failed', swatch: 'series-2' },
            { label: 'Players who started it', swatch: 'line' },
            { label: 'A wall, marked ▼', swatch: 'wall' },
          ]}
        />
      )}
      chart={({ levels }) => <LevelChart levels={levels.rows} />}
      table={({ levels }) => <LevelTable rows={levels.rows} showCell={showCell} />}
      csv={({ levels }) => ({
        header: ['level', 'players', 'completed', 'dropped', ...columns, 'wall'],
        rows: levels.rows.map((row) => [
          row.level,
          row.players,
          row.completed,
          row.dropped,
          ...columns.map((name) => row[name]),
          row.wall,
        ]),
      })}
    />
  );
}

function LevelTable({ rows, showCell }: { rows: LevelRow[]; showCell: ShowCell }) {
  const button = (row: LevelRow, value: 'completed' | 'dropped', title: string) =>
    row[value] === 0 ? (
      '0'
    ) : (
      <NumberButton about={title} onPick={() => showCell(row.level, value, title)}>
        {formatNumber(row[value], 'count')}
      </NumberButton>
    );
  return (
    <DataTable
      caption="Levels"
      columns={[
        { label: 'Level' },
        ...[
          'Players',
          'Completed it',
          'Went no further',
          'Drop-off',
          'Starts',
          'Fails',
          'Fail rate',
          'Mean attempts',
        ].map((label) => ({ label, numeric: true })),
        { label: 'Wall' },
      ]}
      rows={rows.map((row) => ({
        key: row.level,
        cells: [
          row.level,
          formatNumber(row.players, 'count'),
          button(row, 'completed', `Completed level ${row.level}`),
          button(row, 'dropped', `Went no further than level ${row.level}`),
          formatNumber(row.drop_off, 'share'),
          formatNumber(row.starts, 'count'),
          formatNumber(row.fails, 'count'),
          formatNumber(row.fail_rate, 'share'),
          formatNumber(row.mean_attempts, 'count'),
          row.wall ? 'yes' : '',
        ],
      }))}
    />
  );
}

const listedWalls = 8;

/** Each wall in words: how many it loses, how that compares, and whether it is the difficulty. */
function Walls({ rows, showCell }: { rows: LevelRow[]; showCell: ShowCell }) {
  const found = walls(rows);
  const typical = typicalLevel(rows, playersMin);
  if (rows.length === 0) return null;
  return (
    <section className="card chart-card wide walls" aria-labelledby="walls-title">
      <header className="card-head">
        <h2 id="walls-title">Walls</h2>
        <p className="fine muted">
          Levels with {playersMin} players or more that lose at least twice the share of the median level, those that
          lose most first.
        </p>
      </header>
      {found.length === 0 ? (
        <p className="empty">No level of this range is a wall.</p>
      ) : (
        <ol>
          {found.slice(0, listedWalls).map((row) => (
            <Wall key={row.level} row={row} typical={typical} showCell={showCell} />
          ))}
        </ol>
      )}
      {found.length > listedWalls && (
        <p className="fine muted">{formatNumber(found.length - listedWalls, 'count')} more are marked in the chart and in its table.</p>
      )}
    </section>
  );
}

function Wall({ row, typical, showCell }: { row: LevelRow; typical: Typical; showCell: ShowCell }) {
  const times = typical.dropOff && row.drop_off !== null ? row.drop_off / typical.dropOff : null;
  const title = `Went no further than level ${row.level}`;
  return (
    <li data-wall-level={row.level}>
      <h3>Level {row.level}</h3>
      <p>
        <NumberButton about={title} onPick={() => showCell(row.level, 'dropped', title)}>
          {formatNumber(row.dropped, 'count')}
        </NumberButton>{' '}
        of {formatNumber(row.players, 'count')} players went no further: {formatNumber(row.drop_off, 'share')}
        {times !== null && <>, {formatNumber(times, 'count')} times the median level</>}.{' '}
        {formatNumber(row.fail_rate, 'share')} of its attempts fail (median {formatNumber(typical.failRate, 'share')}).
      </p>
      <p className="fine muted">
        {causeOf(row, typical) === 'difficulty'
          ? 'It is hard: it fails far more often than the others. Make it easier, or give a way around it.'
          : 'It is no harder than the others: look for an error, an ad or the end of the content. Few players may be chance.'}
      </p>
    </li>
  );
}

export const cards: Cards = {
  levels: LevelsCard,
  compared: ({ view }) => <ComparedLevels view={view} question={levelsQuestion(view)} />,
};
