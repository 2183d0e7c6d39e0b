import type { RetentionAnswer } from '../../api/types';
import { ChartCard } from '../../charts/chart_card';
import { AllRowsButton } from '../../charts/all_rows_button';
import { DataTable } from '../../charts/data_table';
import type { Loadable } from '../../charts/loadable';
import { RetentionTriangle } from '../../charts/retention_triangle';
import { formatNumber } from '../../format/numbers';
import { CellsSwitch } from '../../insight/cells_switch';
import { retentionCsv, retentionMatrix, type MatrixCell } from '../../metrics/retention_matrix';
import { tableView, type ViewProps } from '../overview';

const rowsAtFirst = 14;

interface Props {
  view: ViewProps;
  data: Loadable<{ retention: RetentionAnswer }>;
}

export function RetentionCard({ view, data }: Props) {
  const { search, update, today } = view;
  const show = search.cells ?? 'share';
  const matrixOf = ({ retention }: { retention: RetentionAnswer }) => retentionMatrix(retention, today);
  const cellText = (cell: MatrixCell | null) =>
    cell === null
      ? ''
      : `${show === 'share' ? formatNumber(cell.share, 'share') : formatNumber(cell.players, 'count')}${cell.complete ? '' : ' *'}`;
  return (
    <ChartCard
      name="retention"
      title="Retention"
      size="wide"
      data={data}
      explain={({ retention }) => [retention]}
      isEmpty={(loaded) => matrixOf(loaded).rows.length === 0}
      emptyText="No new players in this range. Each day's new players become one row, and each column tells how many of them came back."
      tools={<CellsSwitch shown={show} onChange={(cells) => update({ cells })} />}
      chart={(loaded) => {
        const matrix = matrixOf(loaded);
        const showsAll = search.cohorts === 'all' || matrix.rows.length <= rowsAtFirst;
        return (
          <>
            <RetentionTriangle matrix={matrix} show={show} rowsMax={showsAll ? Infinity : rowsAtFirst} />
            <AllRowsButton
              showsAll={showsAll}
              first={rowsAtFirst}
              all={matrix.rows.length}
              onToggle={() => update({ cohorts: showsAll ? undefined : 'all' })}
            />
          </>
        );
      }}
      table={(loaded) => {
        const matrix = matrixOf(loaded);
        return (
          <>
            <DataTable
              caption="Retention by cohort"
              columns={[
                { label: 'Cohort' },
                { label: 'Players', numeric: true },
                ...matrix.columns.map(({ label }) => ({ label, numeric: true })),
              ]}
              rows={matrix.rows.map((row) => ({
                key: row.key,
                cells: [row.long, formatNumber(row.size, 'count'), ...row.cells.map(cellText)],
              }))}
            />
            <p className="fine muted">* This day has not ended; the number can grow.</p>
          </>
        );
      }}
      csv={(loaded) => retentionCsv(matrixOf(loaded))}
      {...tableView(view, 'retention')}
    />
  );
}
