import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { linksQuery } from '../../api/player_queries';
import type { IdentityLink, Player } from '../../api/player_types';
import type { Project } from '../../api/types';
import { LoadFailure } from '../../charts/chart_card';
import { dateAndTime } from '../../format/dates';
import { formatNumber } from '../../format/numbers';
import { useApi } from '../../session/session';

interface Props {
  /** The canonical id. */
  id: string;
  facts: UseQueryResult<Player | null>;
  project: Project;
}

export function PlayerFacts({ id, facts, project }: Props) {
  return (
    <aside className="card player-facts" aria-label="Facts">
      {facts.isError ? (
        <LoadFailure error={facts.error} retry={() => void facts.refetch()} />
      ) : facts.data ? (
        <FactList player={facts.data} project={project} />
      ) : (
        <div className="skeleton" role="status" aria-label="Loading" />
      )}
      <Links id={id} project={project} />
    </aside>
  );
}

function FactList({ player, project }: { player: Player; project: Project }) {
  const when = (moment: string) => <time dateTime={moment}>{dateAndTime(moment, project.timezone)}</time>;
  const facts: [string, string, ReactNode][] = [
    ['first_seen', 'First seen', when(player.first_seen)],
    ['last_seen', 'Last seen', when(player.last_seen)],
    ['sessions', 'Sessions', formatNumber(player.sessions, 'count')],
    ['events', 'Events', formatNumber(player.events, 'count')],
    ['revenue', 'Revenue', formatNumber(player.revenue, 'money', project.currency)],
    ['country', 'Country', player.country ?? '–'],
    ['platform', 'Platform', player.platform ?? '–'],
    ['build', 'Build', player.build ?? '–'],
  ];
  return (
    <>
      <dl className="facts">
        {facts.map(([name, label, value]) => (
          <div key={name}>
            <dt>{label}</dt>
            <dd data-fact={name}>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="fine muted">
        Times in {project.timezone}; revenue in {project.currency}. Country, platform and build are the newest known.
      </p>
    </>
  );
}

const outcomes: Record<string, string> = {
  joined: 'joined',
  already_known: 'not joined: the id was already another player’s',
  id_refused: 'not joined: such an id stands for nobody',
  id_too_long: 'not joined: the id is too long',
  too_many_ids: 'not joined: the player has too many ids',
};

/** Which ids were said to be this player's, and what came of it. */
function Links({ id, project }: { id: string; project: Project }) {
  const links = useQuery(linksQuery(useApi(), id));
  if (links.data === undefined) return null;
  return (
    <section className="player-links" aria-labelledby="links-title">
      <h2 id="links-title">Linked ids</h2>
      {links.data.links.length === 0 ? (
        <p className="fine muted">None: no event has said that another id is this player.</p>
      ) : (
        <ul>
          {links.data.links.map((link) => (
            <Link key={link.id} link={link} project={project} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Link({ link, project }: { link: IdentityLink; project: Project }) {
  const outcome = link.undone_at === null ? (outcomes[link.outcome] ?? link.outcome) : 'taken back';
  return (
    <li data-link={link.member}>
      <span className="mono">
        {link.member} → {link.player}
      </span>
      <span className="fine muted">
        {link.kind}, {outcome}, {dateAndTime(link.undone_at ?? link.received_at, project.timezone)}
      </span>
    </li>
  );
}
