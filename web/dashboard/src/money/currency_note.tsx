import type { UnconvertedMoney } from '../api/types';
import { formatNumber } from '../format/numbers';

interface CurrencyNoteProps {
  currency: string;
  /** Undefined: not known yet. */
  unconverted: UnconvertedMoney[] | undefined;
}

/** What the page's money is told in, and what of it no rate could convert. */
export function CurrencyNote({ currency, unconverted = [] }: CurrencyNoteProps) {
  return (
    <p className="page-note muted">
      All money is in {currency}, the project’s reporting currency; other currencies are converted by the rate of the
      day.
      {unconverted.length > 0 && (
        <strong> Not in these numbers, for want of a rate: {unconverted.map(inWords).join('; ')}.</strong>
      )}
    </p>
  );
}

function inWords({ currency, events, amount }: UnconvertedMoney): string {
  const payments = `${formatNumber(events, 'count')} ${events === 1 ? 'payment' : 'payments'}`;
  if (amount === null) return `${payments} in other currencies`;
  return `${payments} in ${currency} (${formatNumber(amount, 'money', currency)})`;
}
