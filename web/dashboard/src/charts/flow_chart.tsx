import { useState } from 'react';
import { formatNumber } from '../format/numbers';
import {
  layOutFlow,
  ribbon,
  sourceName,
  targetName,
  type FlowLink,
  type FlowNode,
  type PathRow,
} from '../paths/flow_layout';
import { useWidth } from './use_width';

interface Props {
  rows: PathRow[];
  /** "session" or "player": what a ribbon counts. */
  unit: string;
  onPick: (row: PathRow) => void;
}

const narrowestColumn = 176;
const nodeWidth = 11;
const labelRoom = 165;
const head = 26;
const labelHeight = 15;

/** Boxes are events, columns are steps, and a ribbon is as thick as the number of those who took it. */
export function FlowChart({ rows, unit, onPick }: Props) {
  const [container, width] = useWidth<HTMLDivElement>();
  const [hover, setHover] = useState<FlowLink | null>(null);
  const columns = new Set(rows.map((row) => row.step)).size + 1;
  const size = { width: Math.max(width, columns * narrowestColumn) - labelRoom, height: 380, nodeWidth, gap: 18 };
  const flow = layOutFlow(rows, size);
  const steps = [...new Set(rows.map((row) => row.step))].toSorted((a, b) => a - b);

  return (
    // It scrolls on a phone; a region that scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className="flow-scroll"
      ref={container}
      role="region"
      aria-label="Paths"
      tabIndex={0}
      onMouseLeave={() => setHover(null)}
    >
      {width > 0 && (
        <svg className="flow" width={size.width + labelRoom} height={flow.height + head + labelHeight}>
          <g aria-hidden="true">
            {Array.from({ length: flow.columns }, (_, column) => (
              <text
                key={column}
                className="flow-step"
                x={(column * (size.width - nodeWidth)) / Math.max(1, flow.columns - 1)}
                y={12}
              >
                {stepLabel(steps, column)}
              </text>
            ))}
          </g>
          <g transform={`translate(0,${head})`}>
            {flow.links.map((link) => (
              <Ribbon
                key={link.id}
                link={link}
                unit={unit}
                dimmed={hover !== null && hover !== link}
                onHover={setHover}
                onPick={onPick}
              />
            ))}
            {flow.nodes.map((node) => (
              <Box key={node.id} node={node} />
            ))}
          </g>
        </svg>
      )}
      {hover && <Tip link={hover} unit={unit} />}
    </div>
  );
}

/** With an end, steps are counted back from it and are negative. */
function stepLabel(steps: number[], column: number): string {
  const first = steps[0] ?? 1;
  if (first > 0) return column === 0 ? 'Start' : `Step ${column + 1}`;
  const before = first + column;
  return before === 0 ? 'End' : `${-before} before`;
}

interface RibbonProps {
  link: FlowLink;
  unit: string;
  dimmed: boolean;
  onHover: (link: FlowLink | null) => void;
  onPick: (row: PathRow) => void;
}

function Ribbon({ link, unit, dimmed, onHover, onPick }: RibbonProps) {
  const text = sentence(link, unit);
  return (
    <path
      className={`ribbon to-${link.to.kind}${dimmed ? ' is-dimmed' : ''}`}
      d={ribbon(link, nodeWidth)}
      role="button"
      tabIndex={0}
      aria-label={`${text}. Show these players`}
      onMouseEnter={() => onHover(link)}
      onFocus={() => onHover(link)}
      onBlur={() => onHover(null)}
      onClick={() => onPick(link.row)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onPick(link.row);
      }}
    />
  );
}

const sentence = ({ row }: FlowLink, unit: string): string =>
  `${sourceName(row)} to ${targetName(row)}: ${formatNumber(row.units, 'count')} ${unit}s, ${formatNumber(row.players, 'count')} players`;

function Box({ node }: { node: FlowNode }) {
  return (
    <g className={`flow-node is-${node.kind}`} data-node={node.id} aria-hidden="true">
      <rect x={node.x} y={node.y} width={nodeWidth} height={node.height} rx={2} />
      <text x={node.x + nodeWidth + 6} y={node.y + Math.min(node.height / 2 + 4, 14)}>
        {shorten(node.label)} <tspan>{formatNumber(node.units, 'count')}</tspan>
      </text>
    </g>
  );
}

const longestLabel = 17;
const shorten = (text: string): string => (text.length > longestLabel ? `${text.slice(0, longestLabel - 1)}…` : text);

function Tip({ link, unit }: { link: FlowLink; unit: string }) {
  const { row } = link;
  const left = (link.from.x + nodeWidth + link.to.x) / 2;
  const share = link.from.units > 0 ? row.units / link.from.units : 0;
  return (
    <div
      className="chart-tip flow-tip"
      role="status"
      style={{ left, top: head + (link.fromY + link.toY + link.thickness) / 2 }}
    >
      <strong>
        {sourceName(row)} → {targetName(row)}
      </strong>
      <span>
        <b>{formatNumber(row.units, 'count')}</b> {unit}s, {formatNumber(share, 'share')} of {sourceName(row)} here
      </span>
      <span>
        <b>{formatNumber(row.players, 'count')}</b> players
      </span>
    </div>
  );
}
