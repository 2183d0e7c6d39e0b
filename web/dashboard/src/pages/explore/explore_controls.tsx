import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { catalogueQuery, eventNamesQuery } from '../../api/queries';
import { Choice } from '../../insight/choice';
import { CompareChoice } from '../../insight/compare_choice';
import { useApi } from '../../session/session';
import type { DateRange } from '../../state/range';
import { intervals, measures, needsField, type ExploreSearch, type Measure } from './explore_search';

interface Props {
  search: ExploreSearch;
  range: DateRange;
  update: (change: { [Name in keyof ExploreSearch]?: ExploreSearch[Name] | undefined }) => void;
}

/** What is asked: a metric of the catalogue, or an event and how it is measured. */
export function ExploreControls({ search, range, update }: Props) {
  const api = useApi();
  const metrics = useQuery(catalogueQuery(api)).data?.metrics ?? [];
  const events = useQuery(eventNamesQuery(api, range)).data ?? [];
  return (
    <div className="builder" role="group" aria-label="What to show">
      <Choice
        label="Metric"
        value={search.metric ?? ''}
        choices={[['', 'An event…'], ...metrics.map(({ name, title }): [string, string] => [name, title])]}
        onChange={(metric) =>
          update({ metric: metric || undefined, event: undefined, measure: undefined, field: undefined })
        }
      />
      {!search.metric && <EventControls search={search} update={update} events={events} />}
      <Choice
        label="By"
        value={search.interval ?? 'day'}
        choices={intervals.map((name) => [name, name])}
        onChange={(name) => update({ interval: name === 'day' ? undefined : (name as ExploreSearch['interval']) })}
      />
      <CompareChoice value={search.compare} onChange={(compare) => update({ compare })} />
    </div>
  );
}

function EventControls({ search, update, events }: Omit<Props, 'range'> & { events: string[] }) {
  const measure = search.measure ?? 'events';
  const named = search.event && !events.includes(search.event) ? [search.event, ...events] : events;
  const id = useId();
  return (
    <>
      <Choice
        label="Event"
        value={search.event ?? ''}
        choices={[['', 'Any event'], ...named.map((name): [string, string] => [name, name])]}
        onChange={(event) => update({ event: event || undefined })}
      />
      <Choice
        label="Measure"
        value={measure}
        choices={Object.entries(measures)}
        onChange={(name) => update({ measure: name === 'events' ? undefined : (name as Exclude<Measure, 'events'>) })}
      />
      {needsField(measure) && (
        <div className="choice">
          <label htmlFor={id}>Measured field</label>
          <input
            id={id}
            className="field compact narrow"
            placeholder="property.level"
            defaultValue={search.field ?? ''}
            key={search.field}
            onBlur={(event) => update({ field: event.target.value.trim() || undefined })}
            onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
          />
        </div>
      )}
    </>
  );
}
