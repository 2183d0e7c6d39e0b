import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { isAboutPlayers, questionQuery, type Answer, type Question } from '../api/questions';
import type { Project } from '../api/types';
import { LoadFailure } from '../charts/chart_card';
import { formatNumber } from '../format/numbers';
import { FigureBox } from '../insight/figure';
import type { Cards } from '../insight/cards';
import { NumberButton } from '../insight/number_button';
import { useInsight, type InsightView } from '../insight/use_insight';
import { useApi } from '../session/session';
import { NeedsEvents } from './needs_events';
import { ComparedSegment } from './segments/compared_segment';
import { MakeupCard } from './segments/makeup_card';
import { SavedCard } from './segments/saved_card';

const route = getRouteApi('/segments');

export function SegmentsPage() {
  return <NeedsEvents title="Segments">{(project) => <Segments project={project} />}</NeedsEvents>;
}

function Segments({ project }: { project: Project }) {
  const search = route.useSearch();
  const { view, head, compares, filters, dialog } = useInsight(project, search);
  const { filter } = view.asks;
  return (
    <>
      {head('Segments', compares)}
      <p className="page-note muted">
        Who is meant: players who did something so many times, who did not, or who are of some kind. All conditions have
        to hold. The segment is its address: send the link, or save it under a name.
      </p>
      <SavedCard filters={search.filters} />
      {filters(0, true)}
      {filter === undefined ? (
        <section className="card">
          <p className="empty">
            Add the first condition, such as: did purchase, at least 2 times, in the last 30 days. The count is live.
          </p>
        </section>
      ) : isAboutPlayers(filter) ? (
        <Segment view={view} filters={search.filters} />
      ) : (
        <section className="card">
          <p className="empty">
            A segment is of whole players, and one of these filters is of single events: remove it, or use the player’s.
          </p>
        </section>
      )}
      {dialog}
    </>
  );
}

type SizeAnswer = Answer<{ players: number }>;

const useSize = (question: Question) => useQuery(questionQuery<SizeAnswer>(useApi(), 'segment', question));

function Segment({ view, filters }: { view: InsightView; filters: string | undefined }) {
  const size = useSize(view.asks);
  const everybody = useSize({ from: view.range.from, to: view.range.to }).data?.rows[0]?.players;
  const players = size.data?.rows[0]?.players;
  const show = () => view.show({ title: 'Players of the segment', kind: 'segment', query: view.asks, cell: {} });
  if (size.isError && size.data === undefined) {
    return (
      <section className="card chart-card">
        <LoadFailure error={size.error} retry={() => void size.refetch()} />
      </section>
    );
  }
  return (
    <>
      <section className="kpis is-four" aria-label="The segment">
        <FigureBox name="segment" label="Players of the segment" note="as of now, among all players of the game">
          {players ? (
            <NumberButton about="players of the segment" onPick={show}>
              {formatNumber(players, 'count')}
            </NumberButton>
          ) : (
            formatNumber(players, 'count')
          )}
        </FigureBox>
        <FigureBox name="share" label="Of all players" note={`of ${formatNumber(everybody, 'count')}`}>
          {formatNumber(everybody && players !== undefined ? players / everybody : null, 'share')}
        </FigureBox>
      </section>
      <UseIn filters={filters} />
      <div className="chart-grid">
        <ByCountry view={view} />
        <ByPlatform view={view} />
        <ComparedSegment view={view} />
      </div>
    </>
  );
}

const uses = [
  { path: '/explore', label: 'Explore' },
  { path: '/funnels', label: 'Funnels' },
  { path: '/retention', label: 'Retention' },
  { path: '/revenue', label: 'Revenue & LTV' },
  { path: '/paths', label: 'Paths' },
] as const;

/** The same filters on another page: its numbers are then those of the segment. */
function UseIn({ filters }: { filters: string | undefined }) {
  return (
    <nav className="use-in" aria-label="Use the segment">
      <span className="muted">Only these players in</span>
      {uses.map(({ path, label }) => (
        <Link key={path} to={path} search={filters === undefined ? {} : { filters }} className="button">
          {label}
        </Link>
      ))}
    </nav>
  );
}

const ByCountry = ({ view }: { view: InsightView }) => <MakeupCard view={view} field="player.country" title="By country" />;
const ByPlatform = ({ view }: { view: InsightView }) => <MakeupCard view={view} field="player.platform" title="By platform" />;

export const cards: Cards = { 'by-country': ByCountry, 'by-platform': ByPlatform, compared: ComparedSegment };
