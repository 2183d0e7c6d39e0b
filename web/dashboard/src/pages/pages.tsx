import { lazyRouteComponent, type RouteComponent } from '@tanstack/react-router';
import type { PageIconName } from '../shell/page_icons';
import { economySearch, insightSearch, pathsSearch } from '../state/insight_search';
import { playerSearch, playersSearch } from '../state/player_search';
import { eventsSearch } from '../events/events_search';
import { settingsSearch } from '../people/sections';
import type { Action } from '../session/rights';
import { setupSearch } from '../setup/setup_search';
import { liveSearch, overviewSearch, rejectedSearch, rootSearch } from '../state/search';
import { dashboardsSearch } from './dashboards/dashboards_search';
import { exploreSearch } from './explore/explore_search';
import { funnelSearch } from './funnels/funnel_search';
import { sqlSearch } from './sql/sql_search';
import { buildsSearch } from './builds/builds_search';
import { geoSearch } from './geo/geo_search';
import { OverviewPage } from './overview';
import { stickinessSearch } from './stickiness/stickiness_search';
import { retentionSearch } from './retention/retention_search';

/** The order of the navigation. */
export const groups = ['Today', 'Insights', 'Game', 'Players', 'Data'] as const;

/** One page: all that the router, the navigation, the shortcuts and the window's title know of it. */
export interface Page<Path extends string = string, Search extends object = object> {
  path: Path;
  label: string;
  group: (typeof groups)[number];
  icon: PageIconName;
  /** Keeps what is valid of an address and drops the rest. */
  search: (given: Record<string, unknown>) => Search;
  component: RouteComponent;
  /** What one must be allowed to do for the page to show anything. */
  needs?: Action;
  /** A key that leads here from everywhere. */
  shortcut?: string;
  /** A page about one thing, which is reached from a list of them. */
  unlisted?: boolean;
}

const page = <const Path extends string, Search extends object>(known: Page<Path, Search>) => known;

// A new page is a line here and a file beside this one. All but the first are loaded when they are opened.
export const pages = [
  page({
    path: '/',
    label: 'Overview',
    group: 'Today',
    icon: 'overview',
    search: overviewSearch,
    component: OverviewPage,
    shortcut: '1',
  }),
  page({
    path: '/live',
    needs: 'read_players',
    label: 'Live',
    group: 'Today',
    icon: 'live',
    search: liveSearch,
    component: lazyRouteComponent(() => import('./live'), 'LivePage'),
    shortcut: '2',
  }),
  page({
    path: '/alerts',
    label: 'Alerts',
    group: 'Today',
    icon: 'alerts',
    search: rootSearch,
    component: lazyRouteComponent(() => import('./alerts'), 'AlertsPage'),
  }),
  page({
    path: '/dashboards',
    label: 'Dashboards',
    group: 'Today',
    icon: 'dashboards',
    search: dashboardsSearch,
    component: lazyRouteComponent(() => import('./dashboards'), 'DashboardsPage'),
    shortcut: '6',
  }),
  page({
    path: '/explore',
    label: 'Explore',
    group: 'Insights',
    icon: 'explore',
    search: exploreSearch,
    component: lazyRouteComponent(() => import('./explore'), 'ExplorePage'),
    shortcut: '4',
  }),
  page({
    path: '/funnels',
    label: 'Funnels',
    group: 'Insights',
    icon: 'funnels',
    search: funnelSearch,
    component: lazyRouteComponent(() => import('./funnels'), 'FunnelsPage'),
  }),
  page({
    path: '/retention',
    label: 'Retention',
    group: 'Insights',
    icon: 'retention',
    search: retentionSearch,
    component: lazyRouteComponent(() => import('./retention'), 'RetentionPage'),
    shortcut: '5',
  }),
  page({
    path: '/stickiness',
    label: 'Stickiness',
    group: 'Insights',
    icon: 'stickiness',
    search: stickinessSearch,
    component: lazyRouteComponent(() => import('./stickiness'), 'StickinessPage'),
  }),
  page({
    path: '/paths',
    label: 'Paths',
    group: 'Insights',
    icon: 'paths',
    search: pathsSearch,
    component: lazyRouteComponent(() => import('./paths'), 'PathsPage'),
  }),
  page({
    path: '/sessions',
    label: 'Sessions',
    group: 'Game',
    icon: 'sessions',
    search: insightSearch,
    component: lazyRouteComponent(() => import('./sessions'), 'SessionsPage'),
  }),
  page({
    path: '/revenue',
    label: 'Revenue & LTV',
    group: 'Game',
    icon: 'revenue',
    search: insightSearch,
    component: lazyRouteComponent(() => import('./revenue'), 'RevenuePage'),
  }),
  page({
    path: '/economy',
    label: 'Economy',
    group: 'Game',
    icon: 'economy',
    search: economySearch,
    component: lazyRouteComponent(() => import('./economy'), 'EconomyPage'),
  }),
  page({
    path: '/progression',
    label: 'Progression',
    group: 'Game',
    icon: 'progression',
    search: insightSearch,
    component: lazyRouteComponent(() => import('./progression'), 'ProgressionPage'),
  }),
  page({
    path: '/geo',
    label: 'Geo',
    group: 'Game',
    icon: 'geo',
    search: geoSearch,
    component: lazyRouteComponent(() => import('./geo'), 'GeoPage'),
  }),
  page({
    path: '/builds',
    label: 'Builds & health',
    group: 'Game',
    icon: 'builds',
    search: buildsSearch,
    component: lazyRouteComponent(() => import('./builds'), 'BuildsPage'),
  }),
  page({
    path: '/segments',
    label: 'Segments',
    group: 'Players',
    icon: 'segments',
    search: insightSearch,
    component: lazyRouteComponent(() => import('./segments'), 'SegmentsPage'),
  }),
  page({
    path: '/players',
    needs: 'read_players',
    label: 'Players',
    group: 'Players',
    icon: 'players',
    search: playersSearch,
    component: lazyRouteComponent(() => import('./players'), 'PlayersPage'),
  }),
  page({
    path: '/players/$id',
    needs: 'read_players',
    label: 'Player',
    group: 'Players',
    icon: 'players',
    search: playerSearch,
    component: lazyRouteComponent(() => import('./player'), 'PlayerPage'),
    unlisted: true,
  }),
  page({
    // Not /events: games of the AWS pipeline send there.
    path: '/event-manager',
    needs: 'read_players',
    label: 'Events',
    group: 'Data',
    icon: 'events',
    search: eventsSearch,
    component: lazyRouteComponent(() => import('./events'), 'EventsPage'),
  }),
  page({
    path: '/sql',
    needs: 'run_sql',
    label: 'SQL',
    group: 'Data',
    icon: 'explore',
    search: sqlSearch,
    component: lazyRouteComponent(() => import('./sql'), 'SqlPage'),
  }),
  page({
    path: '/pipeline',
    label: 'Pipeline',
    group: 'Data',
    icon: 'pipeline',
    search: insightSearch,
    component: lazyRouteComponent(() => import('./pipeline'), 'PipelinePage'),
  }),
  page({
    path: '/rejected',
    needs: 'read_players',
    label: 'Rejected',
    group: 'Data',
    icon: 'rejected',
    search: rejectedSearch,
    component: lazyRouteComponent(() => import('./rejected'), 'RejectedPage'),
    shortcut: '3',
  }),
  page({
    path: '/setup',
    needs: 'read_players',
    label: 'Set up',
    group: 'Data',
    icon: 'setup',
    search: setupSearch,
    component: lazyRouteComponent(() => import('./setup'), 'SetupPage'),
  }),
  page({
    path: '/settings',
    label: 'Settings',
    group: 'Data',
    icon: 'setup',
    search: settingsSearch,
    component: lazyRouteComponent(() => import('./settings'), 'SettingsPage'),
  }),
] as const;
