import { formatNumber } from '../format/numbers';
import { NumberButton } from '../insight/number_button';
import { Change } from '../pages/overview/kpis';
import { changeOf, type ComparedRow, type ComparedValue, type Fairness } from './compared_rows';

export interface ShowRows {
  rows: ComparedRow[];
  fairness: Fairness;
  currency: string;
  onPick: (value: ComparedValue, isBefore: boolean) => void;
}

interface NumberProps extends Pick<ShowRows, 'currency' | 'onPick'> {
  value: ComparedValue | null;
  isBefore: boolean;
}

/** A number, its share beside it, and the players behind it where they are known. */
export function ComparedNumber({ value, isBefore, currency, onPick }: NumberProps) {
  if (value === null) return '–';
  const shown = formatNumber(value.value, value.kind, currency);
  const about = isBefore ? `${value.name}, compared range` : value.name;
  return (
    <>
      {value.drill && value.value ? (
        <NumberButton about={about} onPick={() => onPick(value, isBefore)}>
          {shown}
        </NumberButton>
      ) : (
        <span data-value="">{shown}</span>
      )}
      {value.share !== undefined && <span className="muted"> {formatNumber(value.share, 'share')}</span>}
    </>
  );
}

export function ComparedChange({ row, fairness }: { row: ComparedRow; fairness: Fairness }) {
  const change = changeOf(row, fairness);
  return <Change change={change?.value ?? null} kind={change?.kind ?? 'relative'} against="the compared range" />;
}

/** How long a bar is: shares by themselves, other numbers by the greatest of their kind. */
function lengths(rows: ComparedRow[]): (value: ComparedValue | null) => number {
  const sizeOf = (value: ComparedValue) => Math.max(0, value.share ?? value.value ?? 0);
  const kindOf = (value: ComparedValue) => (value.share === undefined ? value.kind : 'share');
  const highest = new Map<string, number>();
  for (const value of rows.flatMap(({ now, before }) => [now, before]))
    if (value) highest.set(kindOf(value), Math.max(highest.get(kindOf(value)) ?? 0, sizeOf(value)));
  return (value) => {
    const most = value ? (highest.get(kindOf(value)) ?? 0) : 0;
    return value && most > 0 ? (100 * sizeOf(value)) / most : 0;
  };
}

/** Each number above the one it is compared with, as text and as a bar. */
export function ComparedList({ label, rows, ...shown }: ShowRows & { label: string }) {
  const { fairness, ...number } = shown;
  const lengthOf = lengths(rows);
  return (
    <ul className="compared-list" aria-label={label}>
      {rows.map((row) => (
        <li key={row.name} data-row={row.name}>
          <span className="bar-name" title={row.name}>
            {row.name}
          </span>
          <ComparedChange row={row} fairness={fairness} />
          {[row.now, row.before].map((value, index) => (
            <span key={index === 0 ? 'now' : 'before'} className="compared-line" data-side={index === 0 ? 'now' : 'before'}>
              <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                <rect className={index === 0 ? 'bar-fill' : 'compared-fill'} width={lengthOf(value)} height="8" />
              </svg>
              <span>
                <ComparedNumber value={value} isBefore={index === 1} {...number} />
              </span>
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}
