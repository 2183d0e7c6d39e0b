import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { playerFactsQuery, timelineQuery } from '../api/player_queries';
import { ApiError } from '../api/problem';
import type { Project } from '../api/types';
import { LoadFailure } from '../charts/chart_card';
import { useApi } from '../session/session';
import { PageHead } from '../shell/page_head';
import { useToday } from '../shell/use_today';
import type { PlayerSearch } from '../state/player_search';
import { NeedsEvents } from './needs_events';
import { PlayerFacts } from './player/player_facts';
import { Timeline } from './player/timeline';

const route = getRouteApi('/players/$id');

export function PlayerPage() {
  return <NeedsEvents title="Player">{(project) => <OnePlayer project={project} />}</NeedsEvents>;
}

function OnePlayer({ project }: { project: Project }) {
  const api = useApi();
  const { id } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const timeline = useInfiniteQuery(timelineQuery(api, id));
  // The address may hold any of the player's ids; events come under the canonical one.
  const canonical = timeline.data?.pages[0]?.events[0]?.player_id;
  const today = useToday(project.timezone);
  const facts = useQuery({ ...playerFactsQuery(api, canonical ?? id, today), enabled: canonical !== undefined });
  const unknown = timeline.error instanceof ApiError && timeline.error.code === 'gm-player-unknown';
  const setWords = (words: string) =>
    void navigate({
      search: ({ words: _old, ...rest }): PlayerSearch => (words === '' ? rest : { ...rest, words }),
      replace: true,
      resetScroll: false,
    });

  return (
    <>
      <PageHead
        title={canonical ?? id}
        detail={canonical !== undefined && canonical !== id ? `${id} is one of this player’s ids` : 'Player'}
      >
        <Link className="button" to="/players">
          All players
        </Link>
      </PageHead>
      {timeline.isError && timeline.data === undefined ? (
        <section className="card">
          {unknown ? (
            <p className="empty">No counted event has this player id. Ids are compared letter by letter.</p>
          ) : (
            <LoadFailure error={timeline.error} retry={() => void timeline.refetch()} />
          )}
        </section>
      ) : (
        <div className="player-grid">
          <PlayerFacts id={canonical ?? id} facts={facts} project={project} />
          <Timeline
            project={project}
            events={timeline.data?.pages.flatMap((page) => page.events)}
            words={search.words ?? ''}
            onWords={setWords}
            more={timeline.hasNextPage ? () => void timeline.fetchNextPage() : null}
            loading={timeline.isFetchingNextPage}
          />
        </div>
      )}
    </>
  );
}
