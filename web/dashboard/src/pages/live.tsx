import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { liveQuery } from '../api/queries';
import type { Project } from '../api/types';
import { clockTime } from '../format/dates';
import { formatNumber } from '../format/numbers';
import { LiveFeed, type FeedState } from '../live/live_feed';
import { useSession } from '../session/session';
import { PageHead } from '../shell/page_head';
import type { LiveSearch } from '../state/search';
import { FeedCard } from './live/feed_card';
import { MinutesCard } from './live/minutes_card';
import { NeedsEvents } from './needs_events';

const route = getRouteApi('/live');
// The stream says that something happened; the counts are asked for at most this often because of it.
const refreshMs = 1000;

export function LivePage() {
  return <NeedsEvents title="Live">{(project) => <Live project={project} />}</NeedsEvents>;
}

function useLiveFeed(): FeedState {
  const { api, leave } = useSession();
  const [feed] = useState(() => new LiveFeed(api));
  useEffect(() => {
    feed.start();
    return () => feed.stop();
  }, [feed]);
  const state = useSyncExternalStore(feed.subscribe, feed.snapshot);
  const { status } = state;
  useEffect(() => {
    if (status.kind === 'refused' && status.error.isAboutKey) leave(status.error);
  }, [status, leave]);
  return state;
}

function useRefreshOnNews(newestId: number | undefined): void {
  const queries = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    // News that come while the counts wait to be asked for do not put it off: in a busy game they never end.
    if (newestId === undefined || timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      void queries.invalidateQueries({ queryKey: ['live'] });
    }, refreshMs);
  }, [newestId, queries]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
}

function Live({ project }: { project: Project }) {
  const { api } = useSession();
  const live = useQuery(liveQuery(api));
  const feed = useLiveFeed();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  useRefreshOnNews(feed.items[0]?.id);
  const update = (change: Partial<Record<keyof LiveSearch, string | undefined>>) =>
    void navigate({ search: (old) => ({ ...old, ...change }) as LiveSearch, replace: true, resetScroll: false });

  return (
    <>
      <PageHead
        title="Live"
        detail={
          live.data ? `As of ${clockTime(live.data.as_of, project.timezone)} · ${project.timezone}` : project.timezone
        }
      />
      <div className="live-grid">
        <section className="card now" aria-label="Players online">
          <Now
            label="Online now"
            hint="players active in 5 minutes"
            value={live.data?.players_5_min}
            name="players_5_min"
          />
          <Now
            label="Last half hour"
            hint="players active in 30 minutes"
            value={live.data?.players_30_min}
            name="players_30_min"
          />
        </section>
        <MinutesCard project={project} live={live} search={search} update={update} />
      </div>
      <FeedCard
        project={project}
        feed={feed}
        filter={search.q ?? ''}
        onFilter={(q) => update({ q: q === '' ? undefined : q })}
      />
    </>
  );
}

function Now({ label, hint, value, name }: { label: string; hint: string; value: number | undefined; name: string }) {
  return (
    <div className="now-figure" data-live={name}>
      <h2>{label}</h2>
      <p className="kpi-value" data-value="">
        {formatNumber(value, 'count')}
      </p>
      <p className="fine muted">{hint}</p>
    </div>
  );
}
