import type { EventShape, PropertyShape, SeenType, Violation } from '../api/schema';

const sampleMax = 80;

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  return typeof value;
}

const sampleOf = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, sampleMax);

/** What a registry would have learned of these events: their properties with the types of their values. */
export function shapeOf(event: string, texts: string[]): EventShape {
  const properties = new Map<string, Map<string, SeenType>>();
  for (const text of texts) {
    for (const [name, value] of Object.entries(JSON.parse(text) as Record<string, unknown>)) {
      // The server's own are no business of the game's schema.
      if (name.startsWith('$gm_')) continue;
      const seen = properties.get(name) ?? new Map<string, SeenType>();
      properties.set(name, seen);
      const type = typeOf(value);
      const known = seen.get(type);
      if (known) known.values += 1;
      else seen.set(type, { type, values: 1, sample: sampleOf(value), violates: false });
    }
  }
  const shapes: PropertyShape[] = [...properties].map(([property, seen]) => ({
    property,
    expected: null,
    origin: null,
    seen: [...seen.values()].toSorted((a, b) => b.values - a.values),
  }));
  return { event, events: texts.length, properties: shapes.toSorted((a, b) => a.property.localeCompare(b.property)) };
}

/** How many values of each event are of a type that was not expected. */
export function violationsByEvent(violations: Violation[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { event, values } of violations) counts.set(event, (counts.get(event) ?? 0) + values);
  return counts;
}
