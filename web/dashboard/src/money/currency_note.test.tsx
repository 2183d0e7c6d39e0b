import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { CurrencyNote } from './currency_note';

test('money without a rate is told by currency', () => {
  const unconverted = [
    { currency: 'EUR', events: 3, amount: 12.5 },
    { currency: 'JPY', events: 1, amount: -900 },
    { currency: 'other', events: 7, amount: null },
  ];
  render(<CurrencyNote currency="USD" unconverted={unconverted} />);
  expect(screen.getByText(/for want of a rate/).textContent).toBe(
    ' Not in these numbers, for want of a rate: 3 payments in EUR (€12.50); 1 payment in JPY (-¥900.00); 7 payments in other currencies.',
  );
});

test('nothing is said of rates when every payment is converted, or while it is not known', () => {
  const { rerender } = render(<CurrencyNote currency="USD" unconverted={[]} />);
  rerender(<CurrencyNote currency="USD" unconverted={undefined} />);
  expect(screen.queryByText(/for want of a rate/)).toBeNull();
  screen.getByText(/All money is in USD/);
});
