/** The pages whose charts a board can show; apart from the charts themselves, which only a board needs. */
export const tilePages = [
  '/',
  '/explore',
  '/funnels',
  '/retention',
  '/stickiness',
  '/paths',
  '/sessions',
  '/revenue',
  '/economy',
  '/progression',
  '/geo',
  '/builds',
  '/segments',
] as const;
export type TilePage = (typeof tilePages)[number];

export const hasTiles = (page: string): page is TilePage => (tilePages as readonly string[]).includes(page);
