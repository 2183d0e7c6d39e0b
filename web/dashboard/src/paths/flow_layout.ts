// Where the boxes and ribbons of a flow lie. Pure arithmetic, so that it can be tested without a browser.

import type { Cell } from '../api/questions';

export interface PathRow {
  step: number;
  source: string | null;
  source_other: boolean;
  target: string | null;
  target_other: boolean;
  units: number;
  players: number;
}

export interface FlowNode {
  id: string;
  column: number;
  label: string;
  kind: 'event' | 'other' | 'end';
  units: number;
  x: number;
  y: number;
  height: number;
}

export interface FlowLink {
  id: string;
  row: PathRow;
  from: FlowNode;
  to: FlowNode;
  /** Where the ribbon leaves and arrives: its upper edges, and how wide it is. */
  fromY: number;
  toY: number;
  thickness: number;
}

export interface Flow {
  columns: number;
  nodes: FlowNode[];
  links: FlowLink[];
  height: number;
}

export interface FlowSize {
  width: number;
  height: number;
  nodeWidth: number;
  gap: number;
}

type Kind = FlowNode['kind'];

export const sourceName = (row: PathRow): string => (row.source_other ? 'other events' : (row.source ?? 'start'));
export const targetName = (row: PathRow): string => (row.target_other ? 'other events' : (row.target ?? 'end of path'));

/** Where a row's numbers stand in the answer. */
export const pathCell = ({ units: _units, players: _players, ...cell }: PathRow): Cell => cell;

const kindOf = (name: string | null, other: boolean): Kind => (other ? 'other' : name === null ? 'end' : 'event');
const nodeId = (column: number, name: string | null, other: boolean): string =>
  `${column}/${kindOf(name, other)}/${name ?? ''}`;

interface Ends {
  row: PathRow;
  from: string;
  to: string;
}

/** Rows become columns from the left: step 1 leads from column 0 to 1; of steps counted back from an end, the lowest comes first. */
export function layOutFlow(rows: PathRow[], size: FlowSize): Flow {
  const first = Math.min(...rows.map((row) => row.step));
  const nodes = new Map<string, FlowNode>();
  const ends = rows.map((row): Ends => {
    const column = row.step - first;
    return {
      row,
      from: place(nodes, column, row.source, row.source_other, sourceName(row)),
      to: place(nodes, column + 1, row.target, row.target_other, targetName(row)),
    };
  });
  sizeNodes(nodes, ends);
  const columns = Math.max(0, ...[...nodes.values()].map((node) => node.column)) + 1;
  const byColumn = Array.from({ length: columns }, (_, index) =>
    [...nodes.values()].filter((node) => node.column === index).toSorted(byWeight),
  );
  const scale = unitHeight(byColumn, size);
  const step = columns > 1 ? (size.width - size.nodeWidth) / (columns - 1) : 0;
  for (const column of byColumn) stack(column, scale, step, size.gap);
  const height = Math.max(0, ...[...nodes.values()].map((node) => node.y + node.height));
  return { columns, nodes: byColumn.flat(), links: connect(ends, nodes, scale), height };
}

function place(
  nodes: Map<string, FlowNode>,
  column: number,
  name: string | null,
  other: boolean,
  label: string,
): string {
  const id = nodeId(column, name, other);
  if (!nodes.has(id)) {
    nodes.set(id, { id, column, label, kind: kindOf(name, other), units: 0, x: 0, y: 0, height: 0 });
  }
  return id;
}

/** A box is as large as what comes in or what goes out, whichever is more: a path may begin or end at it. */
function sizeNodes(nodes: Map<string, FlowNode>, ends: Ends[]): void {
  const incoming = new Map<string, number>();
  const outgoing = new Map<string, number>();
  for (const { row, from, to } of ends) {
    outgoing.set(from, (outgoing.get(from) ?? 0) + row.units);
    incoming.set(to, (incoming.get(to) ?? 0) + row.units);
  }
  for (const node of nodes.values()) node.units = Math.max(incoming.get(node.id) ?? 0, outgoing.get(node.id) ?? 0);
}

const rank: Record<Kind, number> = { event: 0, other: 1, end: 2 };
const byWeight = (a: FlowNode, b: FlowNode): number => rank[a.kind] - rank[b.kind] || b.units - a.units;

/** Pixels of one unit: the fullest column fills the height. */
function unitHeight(columns: FlowNode[][], size: FlowSize): number {
  const scales = columns.map((column) => {
    const units = column.reduce((sum, node) => sum + node.units, 0);
    return units > 0 ? Math.max(1, size.height - size.gap * (column.length - 1)) / units : Infinity;
  });
  const scale = Math.min(...scales);
  return Number.isFinite(scale) ? scale : 0;
}

const thinnest = 2;

function stack(column: FlowNode[], scale: number, step: number, gap: number): void {
  let y = 0;
  for (const node of column) {
    node.x = node.column * step;
    node.y = y;
    node.height = Math.max(thinnest, node.units * scale);
    y += node.height + gap;
  }
}

/** Ribbons leave and arrive in the order of the boxes at their other end, so that they cross as little as this order allows. */
function connect(ends: Ends[], nodes: Map<string, FlowNode>, scale: number): FlowLink[] {
  const links = ends.flatMap(({ row, from, to }): FlowLink[] => {
    const [source, target] = [nodes.get(from), nodes.get(to)];
    if (!source || !target) return [];
    const id = `${from}>${to}`;
    return [{ id, row, from: source, to: target, fromY: 0, toY: 0, thickness: Math.max(1, row.units * scale) }];
  });
  fill(
    links.toSorted((a, b) => a.to.y - b.to.y),
    'from',
    'fromY',
  );
  fill(
    links.toSorted((a, b) => a.from.y - b.from.y),
    'to',
    'toY',
  );
  return links;
}

function fill(links: FlowLink[], end: 'from' | 'to', edge: 'fromY' | 'toY'): void {
  const used = new Map<string, number>();
  for (const link of links) {
    const node = link[end];
    const taken = used.get(node.id) ?? 0;
    link[edge] = node.y + taken;
    used.set(node.id, taken + link.thickness);
  }
}

/** The outline of a ribbon, to be filled. */
export function ribbon(link: FlowLink, nodeWidth: number): string {
  const x0 = link.from.x + nodeWidth;
  const x1 = link.to.x;
  const middle = (x0 + x1) / 2;
  const at = (value: number): string => value.toFixed(1);
  const curve = (y0: number, y1: number, from: number, to: number): string =>
    `C${at(middle)},${at(y0)} ${at(middle)},${at(y1)} ${at(to)},${at(y1)}`.replace(/^/, `${at(from)},${at(y0)} `);
  const lower = [link.toY + link.thickness, link.fromY + link.thickness] as const;
  return `M${curve(link.fromY, link.toY, x0, x1)}L${curve(lower[0], lower[1], x1, x0)}Z`;
}
