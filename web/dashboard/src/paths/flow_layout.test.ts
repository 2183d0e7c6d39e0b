import { describe, expect, test } from 'vitest';
import { layOutFlow, ribbon, type PathRow } from './flow_layout';

const row = (
  step: number,
  source: string | null,
  target: string | null,
  units: number,
  change: Partial<PathRow> = {},
): PathRow => ({
  step,
  source,
  source_other: false,
  target,
  target_other: false,
  units,
  players: units,
  ...change,
});
const size = { width: 500, height: 100, nodeWidth: 10, gap: 10 };

describe('the layout of paths', () => {
  const flow = layOutFlow(
    [
      row(1, 'start', 'play', 60),
      row(1, 'start', null, 30),
      row(1, 'start', null, 10, { target_other: true }),
      row(2, 'play', 'buy', 20),
    ],
    size,
  );
  const node = (id: string) => flow.nodes.find((one) => one.id === id);

  test('steps are columns from the left edge to the right one', () => {
    expect(flow.columns).toBe(3);
    expect(node('0/event/start')?.x).toBe(0);
    expect(node('1/event/play')?.x).toBe(245);
    expect(node('2/event/buy')?.x).toBe(490);
  });

  test('the end of a path and other events are boxes of their own, below the events', () => {
    expect(flow.nodes.filter((one) => one.column === 1).map((one) => [one.label, one.kind, one.units])).toEqual([
      ['play', 'event', 60],
      ['other events', 'other', 10],
      ['end of path', 'end', 30],
    ]);
  });

  test('the fullest column fills the height, and heights are in the ratio of their numbers', () => {
    // 100 units and two gaps of 10 share 100 pixels: 0.8 a unit.
    expect(node('1/event/play')?.height).toBeCloseTo(48);
    expect(node('0/event/start')?.height).toBeCloseTo(80);
    expect(flow.height).toBeCloseTo(100);
  });

  test('ribbons leave a box one below the other and fill it', () => {
    const leaving = flow.links.filter((link) => link.from.id === '0/event/start').toSorted((a, b) => a.fromY - b.fromY);
    expect(leaving.map((link) => [link.fromY, link.thickness])).toEqual([
      [0, 48],
      [48, 8],
      [56, 24],
    ]);
  });

  test('a ribbon is a closed outline between both boxes', () => {
    const link = flow.links.find((one) => one.to.id === '2/event/buy');
    expect(link && ribbon(link, 10)).toBe(
      'M255.0,0.0 C372.5,0.0 372.5,0.0 490.0,0.0L490.0,16.0 C372.5,16.0 372.5,16.0 255.0,16.0Z',
    );
  });
});

test('steps that are counted back from an end run towards it', () => {
  const flow = layOutFlow([row(-1, 'play', 'quit', 5), row(-2, 'start', 'play', 5)], size);
  expect(flow.nodes.map((node) => [node.column, node.label])).toEqual([
    [0, 'start'],
    [1, 'play'],
    [2, 'quit'],
  ]);
});

test('no rows are an empty picture', () => {
  expect(layOutFlow([], size)).toMatchObject({ nodes: [], links: [], height: 0 });
});
