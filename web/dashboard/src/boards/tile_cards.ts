import { createElement, lazy, type ComponentType } from 'react';
import type { CardProps, Cards } from '../insight/cards';

/** The pages whose charts a board can show. All charts of such a page are in its `cards`. */
const loaders: Record<string, () => Promise<{ cards: Cards<never> }>> = {
  '/': () => import('../pages/overview/cards'),
  '/explore': () => import('../pages/explore'),
  '/funnels': () => import('../pages/funnels'),
  '/retention': () => import('../pages/retention'),
  '/stickiness': () => import('../pages/stickiness'),
  '/paths': () => import('../pages/paths'),
  '/sessions': () => import('../pages/sessions'),
  '/revenue': () => import('../pages/revenue'),
  '/economy': () => import('../pages/economy'),
  '/progression': () => import('../pages/progression'),
  '/geo': () => import('../pages/geo'),
  '/builds': () => import('../pages/builds'),
  '/segments': () => import('../pages/segments'),
};

export const hasTiles = (page: string): boolean => Object.hasOwn(loaders, page);

const NoChart = () =>
  createElement('p', { className: 'card empty' }, 'This version has no such chart. Remove the tile, or open its page.');

type AnyCard = ComponentType<CardProps<never>>;
const made = new Map<string, AnyCard>();

/** The chart of that name, loaded with its page's code when it is first drawn. */
export function tileCard(page: string, chart: string): AnyCard {
  const known = made.get(`${page} ${chart}`);
  if (known) return known;
  const card = lazy(async () => {
    const cards = (await loaders[page]?.())?.cards;
    return { default: cards && Object.hasOwn(cards, chart) ? (cards[chart] as AnyCard) : NoChart };
  });
  made.set(`${page} ${chart}`, card);
  return card;
}
