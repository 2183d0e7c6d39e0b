import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { pipelineQuery, projectQuery } from '../api/queries';
import type { PipelineAnswer } from '../api/types';
import { formatCompact, formatNumber } from '../format/numbers';
import { useSession } from '../session/session';
import { HelpDialog } from './help_dialog';
import {
  EconomyIcon,
  HelpIcon,
  LeaveIcon,
  LiveIcon,
  Logo,
  MoonIcon,
  OverviewIcon,
  PathsIcon,
  PlayersIcon,
  ProgressionIcon,
  RejectedIcon,
  RevenueIcon,
  SessionsIcon,
  SunIcon,
  SystemIcon,
} from './icons';
import { useShortcuts } from './shortcuts';
import { nextTheme, setTheme, useTheme, type Theme } from './theme';

const pages = [
  { to: '/', label: 'Overview', Icon: OverviewIcon },
  { to: '/live', label: 'Live', Icon: LiveIcon },
  { to: '/revenue', label: 'Revenue & LTV', Icon: RevenueIcon },
  { to: '/sessions', label: 'Sessions', Icon: SessionsIcon },
  { to: '/economy', label: 'Economy', Icon: EconomyIcon },
  { to: '/progression', label: 'Progression', Icon: ProgressionIcon },
  { to: '/paths', label: 'Paths', Icon: PathsIcon },
  { to: '/players', label: 'Players', Icon: PlayersIcon },
  { to: '/rejected', label: 'Rejected', Icon: RejectedIcon },
] as const;

/** Landmarks, navigation, theme, help and the state of the pipeline: what stays while pages change. */
export function Shell() {
  const { api, leave } = useSession();
  const project = useQuery(projectQuery(api));
  const [helps, setHelps] = useState(false);
  const navigate = useNavigate();
  const theme = useTheme();
  const main = useRef<HTMLElement>(null);
  usePageTitle(project.data?.name);
  useShortcuts({
    '?': () => setHelps(true),
    t: () => setTheme(nextTheme(theme)),
    '1': () => void navigate({ to: '/' }),
    '2': () => void navigate({ to: '/live' }),
    '3': () => void navigate({ to: '/rejected' }),
  });

  return (
    <div className="shell">
      <a
        className="skip-link"
        href="#main"
        onClick={(event) => {
          // A fragment would be resolved against <base>, and end up in the router's history.
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to content
      </a>
      <header className="sidebar">
        <div className="sidebar-inner">
          <div className="brand">
            <Logo />
            <span className="brand-name">{project.data?.name ?? 'GameMetrics Pro'}</span>
          </div>
          <Navigation />
          <div className="sidebar-foot">
            <PipelineStatus />
            <div className="sidebar-tools">
              <ThemeButton theme={theme} />
              <button
                type="button"
                className="icon-button"
                aria-label="Keyboard shortcuts and help"
                title="Help (?)"
                onClick={() => setHelps(true)}
              >
                <HelpIcon />
              </button>
              <button
                type="button"
                className="icon-button"
                aria-label="Use another project key"
                title="Use another project key"
                onClick={() => leave()}
              >
                <LeaveIcon />
              </button>
            </div>
          </div>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
      {helps && <HelpDialog onClose={() => setHelps(false)} />}
    </div>
  );
}

function usePageTitle(project: string | undefined): void {
  const { pathname } = useLocation();
  useEffect(() => {
    const page = pages.find(({ to }) => to === pathname)?.label;
    document.title = [page, project, 'GameMetrics Pro'].filter(Boolean).join(' · ');
  }, [pathname, project]);
}

function Navigation() {
  const { api } = useSession();
  const rejected = useQuery(pipelineQuery(api)).data?.rejected ?? 0;
  return (
    <nav className="pages" aria-label="Pages">
      {pages.map(({ to, label, Icon }) => (
        <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }}>
          <Icon />
          <span>{label}</span>
          {to === '/rejected' && rejected > 0 && <span className="count">{formatCompact(rejected, 'count')}</span>}
        </Link>
      ))}
    </nav>
  );
}

const themes: Record<Theme, { name: string; Icon: () => React.JSX.Element }> = {
  system: { name: 'as the system', Icon: SystemIcon },
  light: { name: 'light', Icon: SunIcon },
  dark: { name: 'dark', Icon: MoonIcon },
};

function ThemeButton({ theme }: { theme: Theme }) {
  const { name, Icon } = themes[theme];
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={`Theme: ${name}. Change`}
      title={`Theme: ${name} (t)`}
      onClick={() => setTheme(nextTheme(theme))}
    >
      <Icon />
    </button>
  );
}

// A few events are always on their way while a game is played; only more than that, or none getting through, is worth a colour.
const normalLag = 500;
const normalPauseMs = 15_000;

export function isBehind(pipeline: PipelineAnswer, now: number): boolean {
  if (pipeline.lag_events === 0) return false;
  const committed = pipeline.last_commit_at === null ? 0 : Date.parse(pipeline.last_commit_at);
  return pipeline.lag_events > normalLag || now - committed > normalPauseMs;
}

function PipelineStatus() {
  const { api } = useSession();
  const { data, isError, dataUpdatedAt } = useQuery(pipelineQuery(api));
  const behind = data !== undefined && isBehind(data, dataUpdatedAt);
  const state = isError ? 'down' : behind ? 'behind' : 'good';
  const text = isError
    ? 'Server not reachable'
    : data === undefined
      ? 'Checking…'
      : behind
        ? `Behind by ${formatNumber(data.lag_events, 'count')} events`
        : 'Up to date';
  const facts =
    data &&
    [
      `${formatNumber(data.stored, 'count')} events counted`,
      `${formatNumber(data.duplicates, 'count')} repeats left out`,
      `${formatNumber(data.rejected, 'count')} rejected`,
    ].join(', ');
  return (
    <p className={`pipeline is-${state}`} role="status" title={facts}>
      <span className="dot" aria-hidden="true" />
      <span>{text}</span>
    </p>
  );
}
