import { useQuery } from '@tanstack/react-query';
import { looksAtRange, questionQuery } from '../../api/questions';
import { CohortChart } from '../../charts/cohort_chart';
import { AllRowsButton } from '../../charts/all_rows_button';
import { DataTable } from '../../charts/data_table';
import { Legend } from '../../charts/legend';
import { together } from '../../charts/loadable';
import { RetentionTriangle } from '../../charts/retention_triangle';
import { formatNumber } from '../../format/numbers';
import type { CardProps } from '../../insight/cards';
import { CellsSwitch } from '../../insight/cells_switch';
import { InsightCard } from '../../insight/insight_card';
import { NumberButton } from '../../insight/number_button';
import { retentionCsv, type MatrixCell, type MatrixRow, type RetentionMatrix } from '../../metrics/retention_matrix';
import { useApi } from '../../session/session';
import { fieldName, readBreakdown } from '../../state/filters';
import {
  behindAverage,
  behindCohort,
  breakdownMatrix,
  cohortCurves,
  cohortMatrix,
  cohortMeans,
  curveDays,
  type Behind,
  type RetentionAnswer,
} from './cohort_rows';
import { retentionPlan, type RetentionPlan } from './retention_plan';
import { unitOf, type RetentionSearch } from './retention_search';

type Props = CardProps<RetentionSearch>;

const emptyText =
  'Nobody started in this range. Each cohort becomes one row, and each column tells how many of it came back.';

interface Loaded {
  answer: RetentionAnswer;
}

/** Everything that the triangle and the curves of one answer share. */
function useRetention({ view, search }: Pick<Props, 'view' | 'search'>) {
  const plan: RetentionPlan = retentionPlan(search, view.asks, view.today);
  const { question, columns } = plan;
  const fields = readBreakdown(search.breakdown);
  const unit = unitOf(search);
  const data = together({
    answer: useQuery(questionQuery<RetentionAnswer>(useApi(), 'retention', question)),
  });
  const matrixOf = ({ answer }: Loaded): RetentionMatrix => {
    const input = { answer, columns, unit, today: view.today };
    return fields.length > 0 ? breakdownMatrix(input, fields) : cohortMatrix(input, question);
  };
  // A group of cohorts is listed by asking about its days alone; a condition that looks at the range would then be another one.
  const onlyWhole = looksAtRange(question.filter);
  const behind = (answer: RetentionAnswer, row: MatrixRow, day: number): Behind | null => {
    if (fields.length > 0) return onlyWhole ? null : behindAverage(question, answer, fields, row.key, day);
    return onlyWhole && unit !== 'day' ? null : behindCohort(question, unit, row, day);
  };
  const show = (answer: RetentionAnswer, row: MatrixRow, cell: MatrixCell) => {
    const found = behind(answer, row, cell.day);
    const column = columns.find(({ day }) => day === cell.day)?.long.toLowerCase();
    if (found && cell.players > 0)
      view.show({ title: `${row.long}: came back, ${column}`, kind: 'retention', ...found });
  };
  return { plan, fields, data, matrixOf, behind, show, rowTitle: fields.map(fieldName).join(' · ') || 'Cohort' };
}
type Retention = ReturnType<typeof useRetention>;

const rowsAtFirst = 14;

export function TriangleCard({ view, search, update }: Props) {
  const retention = useRetention({ view, search });
  const { plan, data, matrixOf, show, rowTitle } = retention;
  const shown = search.cells ?? 'share';
  return (
    <InsightCard
      view={view}
      asked={{ kind: 'retention', question: plan.question }}
      name="cohorts"
      title={retention.fields.length > 0 ? `Retention by ${rowTitle}` : 'Retention by cohort'}
      size="wide"
      data={data}
      explain={({ answer }) => [answer]}
      isEmpty={(loaded) => matrixOf(loaded).rows.length === 0}
      emptyText={emptyText}
      tools={<CellsSwitch shown={shown} onChange={(cells) => update({ cells })} />}
      chart={(loaded) => {
        const matrix = matrixOf(loaded);
        const showsAll = search.cohorts === 'all' || matrix.rows.length <= rowsAtFirst;
        return (
          <>
            <RetentionTriangle
              matrix={matrix}
              show={shown}
              rowsMax={showsAll ? Infinity : rowsAtFirst}
              rowTitle={rowTitle}
              onPick={(row, cell) => show(loaded.answer, row, cell)}
            />
            <AllRowsButton
              showsAll={showsAll}
              first={rowsAtFirst}
              all={matrix.rows.length}
              onToggle={() => update({ cohorts: showsAll ? undefined : 'all' })}
            />
          </>
        );
      }}
      table={(loaded) => <CohortTable loaded={loaded} retention={retention} shown={shown} />}
      csv={(loaded) => retentionCsv(matrixOf(loaded), retention.fields[0] ?? 'cohort_date')}
    />
  );
}

interface TableProps {
  loaded: Loaded;
  retention: Retention;
  shown: 'share' | 'players';
}

function CohortTable({ loaded, retention, shown }: TableProps) {
  const matrix = retention.matrixOf(loaded);
  const number = (row: MatrixRow, cell: MatrixCell | null) => {
    if (cell === null) return '';
    const text = shown === 'share' ? formatNumber(cell.share, 'share') : formatNumber(cell.players, 'count');
    const leads = cell.players > 0 && retention.behind(loaded.answer, row, cell.day) !== null;
    return (
      <>
        {leads ? (
          <NumberButton about={`${row.long}, day ${cell.day}`} onPick={() => retention.show(loaded.answer, row, cell)}>
            {text}
          </NumberButton>
        ) : (
          text
        )}
        {!cell.complete && ' *'}
      </>
    );
  };
  return (
    <>
      <DataTable
        caption="Retention"
        columns={[
          { label: retention.rowTitle },
          { label: 'Players', numeric: true },
          ...matrix.columns.map(({ label }) => ({ label, numeric: true })),
        ]}
        rows={matrix.rows.map((row) => ({
          key: row.key,
          cells: [row.long, formatNumber(row.size, 'count'), ...row.cells.map((cell) => number(row, cell))],
        }))}
      />
      <p className="fine muted">* Not final: the number can grow.</p>
    </>
  );
}

export function CurvesCard({ view, search }: Props) {
  const retention = useRetention({ view, search });
  const { plan, data, matrixOf } = retention;
  const named = retention.fields.length > 0;
  const nameOf = (day: number) => {
    const column = plan.columns.find((one) => one.day === day);
    return { short: column?.label ?? '', long: column?.long ?? '' };
  };
  return (
    <InsightCard
      view={view}
      asked={{ kind: 'retention', question: plan.question }}
      name="curves"
      title={named ? `Retention curves by ${retention.rowTitle}` : 'Retention curves'}
      size="wide"
      data={data}
      explain={({ answer }) => [answer]}
      isEmpty={(loaded) => cohortCurves(matrixOf(loaded), named).every(({ points }) => points.length === 0)}
      emptyText="No cohort of this range has a day behind it yet that could be compared."
      legend={(loaded) => <CurvesLegend matrix={matrixOf(loaded)} named={named} />}
      chart={(loaded) => {
        const matrix = matrixOf(loaded);
        return (
          <CohortChart
            label="Retention by day after the start"
            days={curveDays(matrix.columns)}
            dayName={nameOf}
            curves={cohortCurves(matrix, named)}
            average={cohortMeans(matrix)}
            kind="share"
          />
        );
      }}
      table={(loaded) => <AverageTable matrix={matrixOf(loaded)} rowTitle={retention.rowTitle} />}
      csv={(loaded) => retentionCsv(matrixOf(loaded), retention.fields[0] ?? 'cohort_date')}
    />
  );
}

function CurvesLegend({ matrix, named }: { matrix: RetentionMatrix; named: boolean }) {
  const one = named
    ? matrix.rows.map(({ label }, index) => ({ label, swatch: `series-${index + 1}` }))
    : [
        { label: 'Average of cohorts whose day has ended', swatch: 'series-3' },
        { label: 'One cohort', swatch: 'thin' },
        { label: 'One cohort, can still grow', swatch: 'line' },
      ];
  return <Legend entries={one} />;
}

/** The numbers of the curves: the average, or the values of the breakdown; every single cohort is in the table above. */
function AverageTable({ matrix, rowTitle }: { matrix: RetentionMatrix; rowTitle: string }) {
  const rows = matrix.average
    ? [{ key: 'average', long: 'Average', shares: matrix.average.map((entry) => entry?.share ?? null) }]
    : matrix.rows.map(({ key, long, cells }) => ({ key, long, shares: cells.map((cell) => cell?.share ?? null) }));
  return (
    <DataTable
      caption="Retention curves"
      columns={[{ label: rowTitle }, ...matrix.columns.map(({ label }) => ({ label, numeric: true }))]}
      rows={rows.map(({ key, long, shares }) => ({
        key,
        cells: [long, ...shares.map((share) => formatNumber(share, 'share'))],
      }))}
    />
  );
}
