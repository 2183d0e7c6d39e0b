import { useQuery } from '@tanstack/react-query';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { pipelineQuery, projectQuery } from '../api/queries';
import type { PipelineAnswer } from '../api/types';
import { formatNumber } from '../format/numbers';
import { pages, type Page } from '../pages/pages';
import { useSession } from '../session/session';
import { AllowedPage } from './allowed_page';
import { CommandPalette, usePaletteKey } from './command_palette';
import { HelpIcon, LeaveIcon, Logo, MoonIcon, SunIcon, SystemIcon } from './icons';
import { Navigation } from './navigation';
import { ProjectChoice, useProjectOfAddress } from './project_choice';
import { useShortcuts } from './shortcuts';
import { nextTheme, setTheme, useTheme, type Theme } from './theme';

// Most visits end without it; the palette is not of that kind, since who opens it types at once.
const HelpDialog = lazy(() => import('./help_dialog').then((module) => ({ default: module.HelpDialog })));

const listed: readonly Page[] = pages;

/** Landmarks, navigation, theme, help and the state of the pipeline: what stays while pages change. */
export function Shell() {
  const { api, leave, person } = useSession();
  useProjectOfAddress();
  const project = useQuery(projectQuery(api));
  const [helps, setHelps] = useState(false);
  const [commands, setCommands] = useState(false);
  usePaletteKey(() => setCommands(true));
  const navigate = useNavigate();
  const theme = useTheme();
  const main = useRef<HTMLElement>(null);
  usePageTitle(project.data?.name);
  useShortcuts({
    '?': () => setHelps(true),
    t: () => setTheme(nextTheme(theme)),
    ...Object.fromEntries(
      listed.flatMap(({ path, shortcut }) => (shortcut ? [[shortcut, () => void navigate({ to: path })]] : [])),
    ),
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
            {person && person.places.length > 1 ? (
              <ProjectChoice person={person} />
            ) : (
              <span className="brand-name">{project.data?.name ?? 'GameMetrics Pro'}</span>
            )}
          </div>
          <Navigation />
          <div className="sidebar-foot">
            {person && (
              <Link className="who" to="/settings" search={{ section: 'account' }} title="Your account">
                {person.me.user.name || person.me.user.email}
              </Link>
            )}
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
              <LeaveButton
                label={person ? 'Sign out' : 'Use another project key'}
                onLeave={() => (person ? void person.signOut() : leave())}
              />
            </div>
          </div>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <AllowedPage />
      </main>
      <Suspense>{helps && <HelpDialog onClose={() => setHelps(false)} />}</Suspense>
      {commands && <CommandPalette onClose={() => setCommands(false)} onHelp={() => setHelps(true)} />}
    </div>
  );
}

function LeaveButton({ label, onLeave }: { label: string; onLeave: () => void }) {
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={onLeave}>
      <LeaveIcon />
    </button>
  );
}

function usePageTitle(project: string | undefined): void {
  const { pathname } = useLocation();
  useEffect(() => {
    const page = listed.find(({ path }) => path === pathname)?.label;
    document.title = [page, project, 'GameMetrics Pro'].filter(Boolean).join(' · ');
  }, [pathname, project]);
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
