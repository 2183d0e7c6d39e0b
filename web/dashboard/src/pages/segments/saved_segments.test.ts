import { expect, test } from 'vitest';
import { readSegment } from './saved_segments';

test('a saved segment has a name and conditions that the page understands', () => {
  const filters = 'did:purchase:2:30';
  expect(readSegment({ name: ' Spenders ', filters })).toEqual({ name: 'Spenders', filters });
  for (const body of [null, [], { name: '', filters }, { name: 'x' }, { name: 'x', filters: 'nothing of ours' }])
    expect(readSegment(body)).toBeNull();
});
