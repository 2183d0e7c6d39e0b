import { propertyTypes, type PropertyShape } from '../../api/schema';
import { formatNumber } from '../../format/numbers';

interface Props {
  property: PropertyShape;
  /** Of the event; a property that fewer have is missing in the others. */
  events: number;
  /** Undefined: this server keeps no expectations. */
  onExpect: ((types: string[]) => void) | undefined;
}

export function PropertyRow({ property, events, onExpect }: Props) {
  const { property: name, seen, expected, origin } = property;
  const values = seen.reduce((sum, entry) => sum + entry.values, 0);
  return (
    <li data-property={name}>
      <p className="property-name">
        <code>{name}</code>
        <span className="fine muted">
          {seen.length === 0 ? 'never came' : `in ${formatNumber(Math.min(1, values / Math.max(1, events)), 'share')} of the events`}
        </span>
      </p>
      <ul className="property-types">
        {seen.map(({ type, values: count, sample, violates }) => (
          <li key={type} data-type={type} data-violates={violates}>
            <b className={violates ? 'unexpected' : undefined}>{type}</b>
            <span>{formatNumber(count, 'count')}</span>
            <code className="muted">{sample}</code>
            {violates && <span className="unexpected fine">not expected</span>}
          </li>
        ))}
      </ul>
      {onExpect && <Expected name={name} expected={expected} origin={origin} onExpect={onExpect} />}
    </li>
  );
}

interface ExpectedProps {
  name: string;
  expected: string[] | null;
  origin: PropertyShape['origin'];
  onExpect: (types: string[]) => void;
}

/** The types that are expected, each a switch; none switched on expects nothing. */
function Expected({ name, expected, origin, onExpect }: ExpectedProps) {
  const switched = (type: string, on: boolean) => (on ? [...(expected ?? []), type] : (expected ?? []).filter((one) => one !== type));
  return (
    <fieldset className="expected">
      <legend>
        Expected types of {name}
        {origin === 'frozen' && ' (what had been learned)'}
      </legend>
      {propertyTypes.map((type) => (
        <label key={type}>
          <input
            type="checkbox"
            checked={expected?.includes(type) ?? false}
            onChange={(event) => onExpect(switched(type, event.target.checked))}
          />
          {type}
        </label>
      ))}
    </fieldset>
  );
}
