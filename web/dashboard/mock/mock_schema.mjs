// The schema registry of mock_api: what it has learned is made up, what is declared is kept.
const at = '2026-11-20T09:00:00.000Z';

/** `{ level_start: { level: { seen: { number: [118, '3'] }, expected: null } } }` and so on. */
export const madeUpSchema = () => ({
  level_start: {
    level: { seen: { number: [118, '3'], string: [2, '12a'] }, expected: null },
    mode: { seen: { string: [120, 'story'] }, expected: null },
  },
  purchase: { product: { seen: { string: [40, 'gems_500'] }, expected: ['string'] } },
});

const counts = { level_start: 120, purchase: 40 };
const violates = ({ expected }, type) => expected !== null && !expected.includes(type);

export function schemaPage(schema, event) {
  const events = Object.entries(schema)
    .filter(([name]) => !event || name === event)
    .map(([name, properties]) => ({
      event: name,
      events: counts[name] ?? 0,
      first_seen_at: at,
      last_seen_at: at,
      properties: Object.entries(properties).map(([property, shape]) => ({
        property,
        expected: shape.expected,
        origin: shape.expected && (shape.frozen ? 'frozen' : 'declared'),
        declared_at: shape.expected && at,
        seen: Object.entries(shape.seen).map(([type, [values, sample]]) => ({
          type,
          values,
          first_seen_at: at,
          last_seen_at: at,
          sample,
          violates: violates(shape, type),
        })),
      })),
    }));
  return { total: events.length, next: null, not_learned: [], events };
}

export function schemaViolations(schema) {
  const violations = schemaPage(schema).events.flatMap(({ event, properties }) =>
    properties.flatMap(({ property, expected, seen }) =>
      seen
        .filter((one) => one.violates)
        .map(({ type, values, sample }) => ({
          event,
          property,
          expected,
          got: type,
          values,
          first_seen_at: at,
          last_seen_at: at,
          sample,
        })),
    ),
  );
  return { total: violations.length, violations };
}

/** What it answers to a declaration, or null where nothing is known by that name. */
export function declare(schema, { event, property, types }) {
  const properties = (schema[event] ??= types ? {} : undefined);
  if (!properties) return null;
  if (property === undefined) {
    const open = Object.values(properties).filter((shape) => shape.expected === null);
    for (const shape of open) Object.assign(shape, { expected: Object.keys(shape.seen), frozen: true });
    return { declared: open.length };
  }
  const shape = (properties[property] ??= { seen: {}, expected: null });
  Object.assign(shape, { expected: types ?? Object.keys(shape.seen), frozen: !types });
  return { declared: 1 };
}

export function forget(schema, { event, property }) {
  const shape = schema[event]?.[property];
  if (shape) shape.expected = null;
  return { forgotten: shape ? 1 : 0 };
}
