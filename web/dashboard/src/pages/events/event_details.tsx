import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import {
  declareSchema,
  eventShapeQuery,
  forgetSchema,
  propertySampleQuery,
  sampledEvents,
  type EventShape,
  type PropertyShape,
} from '../../api/schema';
import { LoadFailure } from '../../charts/chart_card';
import { shapeOf } from '../../events/shapes';
import { formatNumber } from '../../format/numbers';
import { useApi } from '../../session/session';
import { PropertyRow } from './property_row';

interface Props {
  event: string;
  /** Whether the server keeps a schema; without one the newest events are looked at. */
  registry: boolean;
}

export function EventDetails({ event, registry }: Props) {
  const { shape, error, retry } = useShape(event, registry);
  return (
    <section className="card event-details" aria-labelledby="event-title" data-event-details={event}>
      <header className="card-head">
        <h2 id="event-title">{event}</h2>
        <div className="card-tools">
          <Link className="button quiet" to="/explore" search={{ event }}>
            Explore
          </Link>
          <Link
            className="button quiet"
            from="/event-manager"
            to="/event-manager"
            search={({ event: _event, ...rest }) => rest}
            resetScroll={false}
            aria-label="Close the details"
          >
            Close
          </Link>
        </div>
      </header>
      {shape ? (
        <Properties shape={shape} registry={registry} />
      ) : error ? (
        <LoadFailure error={error} retry={retry} />
      ) : (
        <div className="skeleton" role="status" aria-label="Loading" />
      )}
    </section>
  );
}

function useShape(event: string, registry: boolean): { shape: EventShape | null; error: Error | null; retry: () => void } {
  const api = useApi();
  const learned = useQuery({ ...eventShapeQuery(api, event), enabled: registry });
  // What came before the registry was there is unknown to it.
  const sampled = !registry || learned.data === null;
  const sample = useQuery({ ...propertySampleQuery(api, event), enabled: sampled });
  const asked = sampled ? sample : learned;
  const shape = sampled ? (sample.data ? shapeOf(event, sample.data) : null) : (learned.data ?? null);
  return { shape, error: asked.error, retry: () => void asked.refetch() };
}

function Properties({ shape, registry }: { shape: EventShape; registry: boolean }) {
  const { change, wanted, error } = useDeclarations(shape.event);
  const open = shape.properties.some(({ expected }) => expected === null);
  return (
    <>
      <p className="fine muted event-basis">
        {registry
          ? `Of ${formatNumber(shape.events, 'count')} events, everything that was received.`
          : `Of the newest ${formatNumber(Math.min(shape.events, sampledEvents), 'count')} events.`}
        {registry && open && (
          <button
            type="button"
            className="button quiet"
            title="From now on the types that were learned so far are expected"
            onClick={() => change({ event: shape.event })}
          >
            Expect what was learned
          </button>
        )}
      </p>
      {error && (
        <p className="field-problem" role="alert">
          {error.message}
        </p>
      )}
      {shape.properties.length === 0 ? (
        <p className="empty">These events have no properties.</p>
      ) : (
        <ul className="properties">
          {shape.properties.map((property) => (
            <PropertyRow
              key={property.property}
              property={wanted?.property === property.property ? { ...property, expected: wanted.types ?? null } : property}
              events={shape.events}
              onExpect={registry ? (types) => change({ event: shape.event, property: property.property, types }) : undefined}
            />
          ))}
        </ul>
      )}
    </>
  );
}

interface Declaration {
  event: string;
  property?: PropertyShape['property'];
  /** Empty: nothing is expected any more. */
  types?: string[];
}

interface Declarations {
  change: (declaration: Declaration) => void;
  /** What is on its way to the server, and shown as if it were there. */
  wanted: Declaration | undefined;
  error: Error | null;
}

function useDeclarations(event: string): Declarations {
  const api = useApi();
  const queries = useQueryClient();
  const { mutate, error, isPending, variables } = useMutation({
    mutationFn: ({ property, types }: Declaration): Promise<unknown> =>
      property !== undefined && types?.length === 0
        ? forgetSchema(api, event, property)
        : declareSchema(api, event, property, types),
    // Pending until the page shows the server's own word again.
    onSettled: () => queries.invalidateQueries({ queryKey: ['schema'] }),
  });
  return { change: mutate, wanted: isPending ? variables : undefined, error };
}
