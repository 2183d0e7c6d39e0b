import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { explanation } from '../test_answers';
import { ChartCard } from './chart_card';
import { together } from './loadable';

function Card({ ask }: { ask: (signal: AbortSignal) => Promise<string> }) {
  const answer = useQuery({ queryKey: ['question'], queryFn: ({ signal }) => ask(signal) });
  return (
    <ChartCard
      name="slow"
      title="Slow"
      data={together({ answer })}
      explain={() => [explanation]}
      isEmpty={() => false}
      emptyText=""
      chart={({ answer: text }) => <p>{text}</p>}
      table={() => null}
      csv={() => ({ header: [], rows: [] })}
      showTable={false}
      onToggleTable={() => undefined}
    />
  );
}

test('an answer that takes long can be stopped, which ends the request, and asked for again', async () => {
  const signals: AbortSignal[] = [];
  const ask = (signal: AbortSignal) => {
    signals.push(signal);
    // The first request never ends by itself.
    return signals.length > 1 ? Promise.resolve('here it is') : new Promise<string>(() => undefined);
  };
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Card ask={ask} />
    </QueryClientProvider>,
  );
  expect(screen.queryByRole('button', { name: 'Stop loading' })).toBeNull();
  await userEvent.click(await screen.findByRole('button', { name: 'Stop loading' }));
  const again = await screen.findByRole('button', { name: 'Load it' });
  expect(signals.map((signal) => signal.aborted)).toEqual([true]);
  await userEvent.click(again);
  await screen.findByText('here it is');
});
