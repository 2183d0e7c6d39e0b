import {
  createRootRoute,
  createRoute,
  createRouter,
  retainSearchParams,
  type RouterHistory,
} from '@tanstack/react-router';
import { NotFound } from './pages/not_found';
import { pages, type Page } from './pages/pages';
import { basePath } from './session/base_url';
import { Shell } from './shell/shell';
import { parseSearch, rootSearch, stringifySearch } from './state/search';

const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  validateSearch: rootSearch,
  // What belongs to the person rather than to the page survives a visit to Live.
  search: { middlewares: [retainSearchParams(['range', 'from', 'to', 'project', 'marks'])] },
});

const routeOf = <Path extends string, Search extends object>({ path, search, component }: Page<Path, Search>) =>
  createRoute({ getParentRoute: () => rootRoute, path, validateSearch: search, component });

type RoutesOf<Pages extends readonly Page[]> = {
  -readonly [Index in keyof Pages]: Pages[Index] extends Page<infer Path, infer Search>
    ? ReturnType<typeof routeOf<Path, Search>>
    : never;
};

export function makeRouter(history?: RouterHistory) {
  return createRouter({
    routeTree: rootRoute.addChildren((pages as readonly Page[]).map(routeOf) as unknown as RoutesOf<typeof pages>),
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
