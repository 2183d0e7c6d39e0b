import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { eventNamesQuery } from '../api/queries';
import type { Project } from '../api/types';
import { CardGrid } from '../insight/card_grid';
import type { Cards } from '../insight/cards';
import { Choice } from '../insight/choice';
import { EventChoice } from '../insight/event_choice';
import { useInsight } from '../insight/use_insight';
import { useApi } from '../session/session';
import type { DateRange } from '../state/range';
import { NeedsEvents } from './needs_events';
import { ComparedRetention } from './retention/compared_retention';
import { CurvesCard, TriangleCard } from './retention/retention_cards';
import {
  kindOf,
  kinds,
  unitOf,
  units,
  windows,
  writtenKind,
  type Kind,
  type RetentionSearch,
} from './retention/retention_search';

const route = getRouteApi('/retention');

export function RetentionPage() {
  return <NeedsEvents title="Retention">{(project) => <Retention project={project} />}</NeedsEvents>;
}

function Retention({ project }: { project: Project }) {
  const search = route.useSearch();
  const { view, update, head, compares, filters, dialog } = useInsight<RetentionSearch>(project, search);
  return (
    <>
      {head('Retention', compares)}
      <Builder search={search} range={view.range} update={update} />
      {filters(1)}
      <CardGrid cards={cards} view={view} search={search} update={update} />
      {dialog}
    </>
  );
}

interface BuilderProps {
  search: RetentionSearch;
  range: DateRange;
  update: (change: Partial<Record<keyof RetentionSearch, string | undefined>>) => void;
}

function Builder({ search, range, update }: BuilderProps) {
  const events = useQuery(eventNamesQuery(useApi(), range)).data ?? [];
  const [kind, unit] = [kindOf(search), unitOf(search)];
  return (
    <div className="builder" role="group" aria-label="Which retention">
      <Choice
        label="Came back"
        value={kind}
        choices={Object.entries(kinds)}
        onChange={(name) => update({ kind: writtenKind(name as Kind, unit) })}
      />
      <Choice
        label="Cohorts by"
        value={unit}
        choices={Object.entries(units)}
        onChange={(name) => update({ by: name === 'day' ? undefined : name, kind: undefined })}
      />
      <Choice
        label="A day is"
        value={search.window ?? 'calendar'}
        choices={Object.entries(windows)}
        onChange={(name) => update({ window: name === 'hours' ? name : undefined })}
      />
      <EventChoice
        label="First event"
        none="First event ever"
        names={events}
        value={search.start}
        onPick={(start) => update({ start })}
      />
      <EventChoice
        label="Return event"
        none="Any event"
        names={events}
        value={search.back}
        onPick={(back) => update({ back })}
      />
    </div>
  );
}

export const cards: Cards<RetentionSearch> = {
  cohorts: TriangleCard,
  curves: CurvesCard,
  compared: ComparedRetention,
};
