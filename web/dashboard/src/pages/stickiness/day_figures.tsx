import type { MetricRow } from '../../metrics/metric_table';
import { longDate } from '../../format/dates';
import { formatNumber, type NumberKind } from '../../format/numbers';
import { FigureBox } from '../../insight/figure';
import { NumberButton } from '../../insight/number_button';
import type { InsightView } from '../../insight/use_insight';
import { useMetric } from '../../insight/use_metric';
import { activeMetrics } from './active_metrics';

interface Figure {
  name: string;
  label: string;
  kind: NumberKind;
}

const figures: Figure[] = [
  ...activeMetrics.map(({ name, label }) => ({ name, label, kind: 'count' as const })),
  { name: 'stickiness', label: 'DAU of MAU', kind: 'share' },
];

/** The last day of the range that has ended: players of several days cannot be added up to one number. */
export function DayFigures({ view }: { view: InsightView }) {
  return (
    <section className="kpis is-four" aria-label="Key figures">
      {figures.map((figure) => (
        <DayFigure key={figure.name} figure={figure} view={view} />
      ))}
    </section>
  );
}

const lastEnded = (rows: MetricRow[], today: string): MetricRow | undefined =>
  rows.filter((row) => row.date < today).at(-1) ?? rows.at(-1);

function DayFigure({ figure: { name, label, kind }, view }: { figure: Figure; view: InsightView }) {
  const row = lastEnded(useMetric(view.asks, name).data?.rows ?? [], view.today);
  const shown = formatNumber(row?.value, kind);
  const before = row?.previous ? `, period before ${formatNumber(row.previous, kind)}` : '';
  const note = row ? `${longDate(row.date)}${before}` : '';
  const show = (date: string) =>
    view.show({
      title: `${label} of ${longDate(date)}`,
      kind: 'metrics',
      query: { ...view.asks, metrics: [name] },
      cell: { metric: name, date },
    });
  return (
    <FigureBox name={name} label={label} note={note}>
      {row?.value && kind === 'count' ? (
        <NumberButton about={label} onPick={() => show(row.date)}>
          {shown}
        </NumberButton>
      ) : (
        shown
      )}
    </FigureBox>
  );
}
