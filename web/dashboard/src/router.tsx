import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  retainSearchParams,
  type RouterHistory,
} from '@tanstack/react-router';
import { OverviewPage } from './pages/overview';
import { NotFound } from './pages/not_found';
import { basePath } from './session/base_url';
import { Shell } from './shell/shell';
import { parseRange } from './state/range';
import { economySearch, insightSearch, pathsSearch } from './state/insight_search';
import { playerSearch, playersSearch } from './state/player_search';
import { liveSearch, overviewSearch, parseSearch, rejectedSearch, stringifySearch } from './state/search';

const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  validateSearch: parseRange,
  // The range belongs to the person, not to the page: it survives a visit to Live.
  search: { middlewares: [retainSearchParams(['range', 'from', 'to'])] },
});
const overviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: overviewSearch,
  component: OverviewPage,
});
const liveRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/live',
  validateSearch: liveSearch,
  component: lazyRouteComponent(() => import('./pages/live'), 'LivePage'),
});
const rejectedRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/rejected',
  validateSearch: rejectedSearch,
  component: lazyRouteComponent(() => import('./pages/rejected'), 'RejectedPage'),
});

const playersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/players',
  validateSearch: playersSearch,
  component: lazyRouteComponent(() => import('./pages/players'), 'PlayersPage'),
});
const playerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/players/$id',
  validateSearch: playerSearch,
  component: lazyRouteComponent(() => import('./pages/player'), 'PlayerPage'),
});
const revenueRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/revenue',
  validateSearch: insightSearch,
  component: lazyRouteComponent(() => import('./pages/revenue'), 'RevenuePage'),
});
const sessionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sessions',
  validateSearch: insightSearch,
  component: lazyRouteComponent(() => import('./pages/sessions'), 'SessionsPage'),
});
const economyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/economy',
  validateSearch: economySearch,
  component: lazyRouteComponent(() => import('./pages/economy'), 'EconomyPage'),
});
const progressionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/progression',
  validateSearch: insightSearch,
  component: lazyRouteComponent(() => import('./pages/progression'), 'ProgressionPage'),
});
const pathsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/paths',
  validateSearch: pathsSearch,
  component: lazyRouteComponent(() => import('./pages/paths'), 'PathsPage'),
});

export function makeRouter(history?: RouterHistory) {
  return createRouter({
    routeTree: rootRoute.addChildren([
      overviewRoute,
      liveRoute,
      playersRoute,
      playerRoute,
      revenueRoute,
      sessionsRoute,
      economyRoute,
      progressionRoute,
      pathsRoute,
      rejectedRoute,
    ]),
    basepath: basePath,
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    scrollRestoration: true,
    ...(history ? { history } : {}),
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
