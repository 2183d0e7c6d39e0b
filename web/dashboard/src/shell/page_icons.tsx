import { Icon } from './icons';

const dot = (x: number, y: number, radius = 1.3) =>
  `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`;

const innerWaves = 'M4.6 11.4a4.8 4.8 0 0 1 0-6.8M11.4 4.6a4.8 4.8 0 0 1 0 6.8';
const outerWaves = 'M2.6 13.4a7.6 7.6 0 0 1 0-10.8M13.4 2.6a7.6 7.6 0 0 1 0 10.8';

const outlines = {
  overview: 'M2.5 13.5v-4M6.2 13.5v-8M9.8 13.5V8M13.5 13.5v-11',
  live: `${dot(8, 8, 1.4)}${innerWaves}${outerWaves}`,
  alerts: 'M3.6 11.4c1.2-1.2.8-3.2 1-5a3.4 3.4 0 0 1 6.8 0c.2 1.8-.2 3.8 1 5zM6.8 13.6h2.4M8 1.6v1.2',
  dashboards: 'M2.5 2.5h4.6v6H2.5zM8.9 2.5h4.6v3.4H8.9zM2.5 10.4h4.6v3.1H2.5zM8.9 7.7h4.6v5.8H8.9z',
  explore: 'M2.5 2.5v11h11M5 10.5l2.6-3.4 2.2 1.8 3.2-4.6',
  funnels: 'M2.5 13.5v-11h3v11M6.5 13.5v-7h3v7M10.5 13.5V10h3v3.5',
  retention: 'M2.5 2.5h11v3.2h-11zM2.5 5.7h7.4v3.4H2.5zM2.5 9.1h3.8v3.6H2.5z',
  stickiness: 'M13.2 8A5.2 5.2 0 1 1 11 3.7M13.4 2v3h-3M8 5.2V8l2 1.4',
  paths: `${dot(3.4, 8)}${dot(12.6, 3.8)}${dot(12.6, 12.2)}M4.8 7.6c3 0 3-3.8 6.4-3.8M4.8 8.4c3 0 3 3.8 6.4 3.8`,
  sessions: `${dot(8, 8, 5.8)}M8 4.6V8l2.4 1.6`,
  revenue: `${dot(8, 8, 5.8)}M10 5.9c-1.2-1.6-4-1.2-4 .5C6 8.7 10 7.4 10 9.5c0 2.1-3 2.2-4.1.5M8 3.8v1.1M8 11.1v1.1`,
  economy: 'M2.6 5.2c0-2.9 10.8-2.9 10.8 0s-10.8 2.9-10.8 0v5.6c0 2.9 10.8 2.9 10.8 0V5.2',
  progression: 'M2.5 13.5h2.8v-3h2.8v-3h2.8v-3h2.6',
  geo: `${dot(8, 8, 5.8)}M2.4 8h11.2M8 2.2c3.2 3.4 3.2 8.2 0 11.6M8 2.2c-3.2 3.4-3.2 8.2 0 11.6`,
  builds: 'M2 8.5h3l1.6-4 2.8 8L11 8.5h3',
  segments: `${dot(6, 8, 4.2)}${dot(10, 8, 4.2)}`,
  players: `${dot(8, 5.2, 2.6)}M2.8 13.4c.4-2.6 2.5-4 5.2-4s4.8 1.4 5.2 4`,
  events: 'M5.5 4h8M5.5 8h8M5.5 12h8M2.6 4h.1M2.6 8h.1M2.6 12h.1',
  rejected: `${dot(8, 8, 5.8)}M4 12l8-8`,
  pipeline: `${dot(3.4, 8)}${dot(8, 8)}${dot(12.6, 8)}M4.8 8h1.8M9.4 8h1.8`,
  setup: 'M2.4 4.4l1.3 1.3 2.3-2.5M2.4 10.6l1.3 1.3L6 9.4M8.5 4.6h5M8.5 10.8h5',
} as const;

export type PageIconName = keyof typeof outlines;

export const PageIcon = ({ name }: { name: PageIconName }) => (
  <Icon>
    <path d={outlines[name]} />
  </Icon>
);
