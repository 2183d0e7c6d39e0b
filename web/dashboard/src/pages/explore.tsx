import { getRouteApi } from '@tanstack/react-router';
import type { Project } from '../api/types';
import type { CardProps, Cards } from '../insight/cards';
import { FilterBar } from '../insight/filter_bar';
import { InsightHead, useUpdate } from '../insight/insight_page';
import { useToday } from '../shell/use_today';
import { resolveRange } from '../state/range';
import { ExploreCard } from './explore/explore_card';
import { ExploreControls } from './explore/explore_controls';
import { exploreQuestion, type ExploreSearch } from './explore/explore_search';
import { NeedsEvents } from './needs_events';

const route = getRouteApi('/explore');

export function ExplorePage() {
  return <NeedsEvents title="Explore">{(project) => <Explore project={project} />}</NeedsEvents>;
}

function Explore({ project }: { project: Project }) {
  const search = route.useSearch();
  const update = useUpdate<ExploreSearch>();
  const today = useToday(project.timezone);
  const range = resolveRange(search, today);
  const asked = exploreQuestion(search, range);
  return (
    <>
      <InsightHead title="Explore" project={project} range={range} today={today} />
      <ExploreControls search={search} range={range} update={update} />
      <FilterBar search={search} update={update} range={range} breakdownMax={2} />
      {asked === null ? (
        <section className="card">
          <p className="empty">Name the field to measure, such as property.level or revenue.</p>
        </section>
      ) : (
        <ExploreCard project={project} search={search} update={update} asked={asked} />
      )}
    </>
  );
}

function AnswerCard({ view, search, update }: CardProps<ExploreSearch>) {
  const asked = exploreQuestion(search, view.range);
  return asked && <ExploreCard project={view.project} search={search} update={update} asked={asked} />;
}

export const cards: Cards<ExploreSearch> = { explore: AnswerCard };
