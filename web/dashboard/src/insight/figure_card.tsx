import { dateIn } from '../format/dates';
import type { NumberKind } from '../format/numbers';
import { endedPart, previousRange } from '../state/range';
import type { InsightView } from './use_insight';
import { useMetric } from './use_metric';
import { ValueCard } from './value_card';

interface Props {
  /** A metric of the catalogue. */
  figure: { name: string; label: string; kind: NumberKind };
  view: InsightView;
  onPick?: () => void;
}

/** One metric of a page's range as its key figure. */
export function FigureCard({ figure, view, ...rest }: Props) {
  const { project, range, asks, today } = view;
  const ended = endedPart(range, today);
  const began = project.first_event_at && dateIn(project.timezone, new Date(project.first_event_at));
  return (
    <ValueCard
      name={figure.name}
      label={figure.label}
      kind={figure.kind}
      currency={project.currency}
      result={useMetric(asks, figure.name)}
      ended={useMetric({ ...asks, ...ended }, figure.name)}
      today={today}
      comparable={began !== null && began <= previousRange(ended).from && ended.to < today}
      {...rest}
    />
  );
}
