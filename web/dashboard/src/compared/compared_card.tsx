import type { Answer, Question, QuestionKind } from '../api/questions';
import { DataTable } from '../charts/data_table';
import { Legend } from '../charts/legend';
import { dateIn, dateRange } from '../format/dates';
import { InsightCard } from '../insight/insight_card';
import type { InsightView } from '../insight/use_insight';
import { comparisons, type Comparison } from '../state/compare';
import { ComparedChange, ComparedList, ComparedNumber, type ShowRows } from './compared_list';
import { comparedRows, type ComparedValue, type Fairness } from './compared_rows';
import { useCompared } from './use_compared';

interface Props<OneAnswer extends Answer<object>> {
  view: InsightView;
  /** What is compared: "Players by country". */
  about: string;
  kind: QuestionKind;
  question: Question;
  /** The numbers of an answer. `asked` is the question that it answers: its players are found with it. */
  valuesOf: (answer: OneAnswer, asked: Question) => ComparedValue[];
}

/** The numbers of a page beside those of the previous period or of last year, for any question; nothing while no comparison is chosen. */
export function ComparedCard<OneAnswer extends Answer<object>>(props: Props<OneAnswer>) {
  const by = props.view.compare;
  return by && <Compared {...props} by={by} />;
}

/** A list of more rows is not read; the table has them all. */
const listedMax = 12;

function fairnessOf({ project, today }: InsightView, now: Question, earlier: Question): Fairness {
  const began = project.first_event_at && dateIn(project.timezone, new Date(project.first_event_at));
  return { isWhole: began !== null && began <= earlier.from, hasEnded: now.to < today };
}

function Compared<OneAnswer extends Answer<object>>(given: Props<OneAnswer> & { by: Comparison }) {
  const { view, about, kind, question, valuesOf, by } = given;
  const { earlier, loadable } = useCompared<OneAnswer>(kind, question, by);
  const fairness = fairnessOf(view, question, earlier);
  const [now, before] = [dateRange(question.from, question.to), dateRange(earlier.from, earlier.to)];
  type Both = { now: OneAnswer; before: OneAnswer };
  const rowsOf = (both: Both) => comparedRows(valuesOf(both.now, question), valuesOf(both.before, earlier));
  const shown = (both: Both): ShowRows => ({
    rows: rowsOf(both),
    fairness,
    currency: view.project.currency,
    onPick: (value, isBefore) =>
      value.drill && view.show({ ...value.drill, title: `${about}: ${value.name}, ${isBefore ? before : now}` }),
  });
  return (
    <InsightCard
      view={view}
      asked={{ kind, question }}
      picture={false}
      name="compared"
      title={`${about}: ${comparisons[by].toLowerCase()}`}
      size="wide"
      data={loadable}
      explain={(both) => [both.now]}
      isEmpty={(both) => rowsOf(both).length === 0}
      emptyText="Neither of the two ranges has anything to compare."
      legend={() => (
        <Legend
          entries={[
            { label: now, swatch: 'series-1' },
            { label: before, swatch: 'compared' },
          ]}
        />
      )}
      chart={(both) => {
        const all = shown(both);
        return (
          <>
            <ComparedList label={about} {...all} rows={all.rows.slice(0, listedMax)} />
            <Notes fairness={fairness} more={all.rows.length - listedMax} />
          </>
        );
      }}
      table={(both) => <ComparedTable about={about} now={now} before={before} {...shown(both)} />}
      csv={(both) => ({
        header: ['name', 'value', 'share', 'compared_value', 'compared_share'],
        rows: rowsOf(both).map((row) => [
          row.name,
          row.now?.value ?? null,
          row.now?.share ?? null,
          row.before?.value ?? null,
          row.before?.share ?? null,
        ]),
      })}
    />
  );
}

function Notes({ fairness, more }: { fairness: Fairness; more: number }) {
  const notes = [
    ...(fairness.isWhole ? [] : ['The game had no events yet for a part of the compared range: no change is told.']),
    ...(fairness.isWhole && !fairness.hasEnded ? ['The range has not ended: only shares are told with their change.'] : []),
    ...(more > 0 ? [`${more} more in the table.`] : []),
  ];
  return notes.length > 0 && <p className="fine muted">{notes.join(' ')}</p>;
}

interface TableProps extends ShowRows {
  about: string;
  now: string;
  before: string;
}

function ComparedTable({ about, now, before, rows, fairness, ...number }: TableProps) {
  return (
    <DataTable
      caption={about}
      columns={[
        { label: 'What' },
        { label: now, numeric: true },
        { label: before, numeric: true },
        { label: 'Change', numeric: true },
      ]}
      rows={rows.map((row) => ({
        key: row.name,
        cells: [
          row.name,
          <ComparedNumber key="now" value={row.now} isBefore={false} {...number} />,
          <ComparedNumber key="before" value={row.before} isBefore {...number} />,
          <ComparedChange key="change" row={row} fairness={fairness} />,
        ],
      }))}
    />
  );
}
