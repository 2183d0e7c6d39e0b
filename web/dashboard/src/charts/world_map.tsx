import { useState } from 'react';
import { countryName, countryTint, tintLimit, tintSteps, type Country } from '../geo/countries';
import world from '../geo/world.json';
import { useWidth } from './use_width';

interface Props {
  label: string;
  countries: { country: Country; value: number; shown: string }[];
  show: (value: number) => string;
  onPick: (country: Country) => void;
}

const picture = { width: 1000, height: 428 };
const outlines = Object.entries(world);

/** Countries tinted by a number. Those too small to be seen are in the table beside it, which is also the way by keyboard. */
export function WorldMap({ label, countries, show, onPick }: Props) {
  const [container, width] = useWidth<HTMLDivElement>();
  const [hover, setHover] = useState<{ code: string; x: number; y: number } | null>(null);
  const byCode = new Map(countries.map((entry) => [entry.country.code, entry]));
  const highest = Math.max(0, ...countries.map(({ value }) => value));
  const read = hover && byCode.get(hover.code);
  return (
    <div className="world" ref={container} onMouseLeave={() => setHover(null)}>
      {width > 0 && (
        <svg
          width={width}
          height={(width * picture.height) / picture.width}
          viewBox={`0 0 ${picture.width} ${picture.height}`}
          role="img"
          aria-label={`${label}, by country. The table has every number.`}
        >
          {outlines.map(([code, outline]) => {
            const entry = byCode.get(code);
            return (
              // The table beside the map leads by keyboard to the same players.
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
              <path
                key={code}
                d={outline}
                className={entry && entry.value > 0 ? `country tint-${countryTint(entry.value, highest)}` : 'country'}
                data-country={code}
                onMouseMove={(event) => {
                  const { left, top } = container.current?.getBoundingClientRect() ?? { left: 0, top: 0 };
                  setHover({ code, x: event.clientX - left, y: event.clientY - top });
                }}
                onClick={() => entry && entry.value > 0 && onPick(entry.country)}
              />
            );
          })}
        </svg>
      )}
      {hover && (
        <div
          className={`chart-tip world-tip${hover.x > width / 2 ? ' is-flipped' : ''}`}
          role="status"
          style={{ left: hover.x, top: hover.y + 14 }}
        >
          <strong>{countryName({ code: hover.code, other: false })}</strong>
          <span>{read ? read.shown : 'none'}</span>
        </div>
      )}
      {highest > 0 && <Scale highest={highest} show={show} />}
    </div>
  );
}

function Scale({ highest, show }: { highest: number; show: (value: number) => string }) {
  return (
    <ul className="world-scale" aria-label="Tints">
      {Array.from({ length: tintSteps - 1 }, (_, index) => index + 1).map((step) => (
        <li key={step}>
          <i className={`tint-swatch tint-back-${step}`} aria-hidden="true" />
          {show(tintLimit(step, highest))}
        </li>
      ))}
    </ul>
  );
}
