import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { eventNamesQuery } from '../api/queries';
import type { Project } from '../api/types';
import type { CardProps, Cards } from '../insight/cards';
import { Choice } from '../insight/choice';
import { Chip } from '../insight/filter_bar';
import { useUpdate } from '../insight/insight_page';
import { useInsight } from '../insight/use_insight';
import { useApi } from '../session/session';
import type { DateRange } from '../state/range';
import { ComparedSteps } from './funnels/compared_steps';
import { FunnelCard } from './funnels/funnel_card';
import {
  exclusionsMax,
  exclusionsOf,
  funnelQuestion,
  orders,
  readSteps,
  stepsMax,
  units,
  windows,
  writeSteps,
  type FunnelSearch,
} from './funnels/funnel_search';
import { NeedsEvents } from './needs_events';

const route = getRouteApi('/funnels');

export function FunnelsPage() {
  return <NeedsEvents title="Funnels">{(project) => <Funnels project={project} />}</NeedsEvents>;
}

function Funnels({ project }: { project: Project }) {
  const search = route.useSearch();
  const update = useUpdate<FunnelSearch>();
  const { view, head, compares, filters, dialog } = useInsight<FunnelSearch>(project, search);
  const question = funnelQuestion(search, view.range);
  return (
    <>
      {head('Funnels', compares)}
      <Builder search={search} update={update} range={view.range} />
      {filters(1)}
      {question === null ? (
        <section className="card">
          <p className="empty">Choose at least two steps: the events that players should do one after the other.</p>
        </section>
      ) : (
        <div className="chart-grid">
          <FunnelCard project={project} search={search} update={update} question={question} />
          <ComparedSteps view={view} question={question} />
        </div>
      )}
      {dialog}
    </>
  );
}

interface BuilderProps {
  search: FunnelSearch;
  range: DateRange;
  update: (change: { [Name in keyof FunnelSearch]?: FunnelSearch[Name] | undefined }) => void;
}

function Builder({ search, range, update }: BuilderProps) {
  const steps = readSteps(search.steps);
  const names = useQuery(eventNamesQuery(useApi(), range)).data ?? [];
  const choices = [...new Set([...names, ...steps])].map((name): [string, string] => [name, name]);
  const exclusions = exclusionsOf(search);
  const setSteps = (next: string[]) => update({ steps: writeSteps(next) });
  return (
    <div className="builder" role="group" aria-label="The funnel">
      {steps.map((step, index) => (
        <span className="step" key={`${step}-${steps.length - index}`}>
          <Choice
            label={`Step ${index + 1}`}
            value={step}
            choices={choices}
            onChange={(name) => setSteps(steps.with(index, name))}
          />
          <button
            type="button"
            className="icon-button"
            aria-label={`Remove step ${index + 1}`}
            onClick={() => setSteps(steps.toSpliced(index, 1))}
          >
            ×
          </button>
        </span>
      ))}
      {steps.length < stepsMax && (
        <Choice
          label="Add a step"
          value=""
          choices={[['', 'Choose an event…'], ...choices]}
          onChange={(name) => setSteps([...steps, name])}
        />
      )}
      <Choice
        label="Order"
        value={search.order ?? 'ordered'}
        choices={Object.entries(orders)}
        onChange={(name) => update({ order: name === 'strict' || name === 'any' ? name : undefined })}
      />
      <Choice
        label="Within"
        value={String(search.window ?? 168)}
        choices={Object.entries(windows)}
        onChange={(hours) => update({ window: hours === '168' ? undefined : Number(hours) })}
      />
      <Choice
        label="Counted"
        value={search.per ?? 'player'}
        choices={Object.entries(units)}
        onChange={(unit) => update({ per: unit === 'session' ? unit : undefined })}
      />
      {search.order !== 'any' && exclusions.length < exclusionsMax && (
        <Choice
          label="Ended by"
          value=""
          choices={[
            ['', exclusions.length === 0 ? 'No event' : 'Another event…'],
            ...choices.filter(([name]) => !exclusions.includes(name)),
          ]}
          onChange={(name) => update({ without: writeSteps([...exclusions, name]) })}
        />
      )}
      {exclusions.map((name) => (
        <Chip
          key={name}
          text={`ended by ${name}`}
          onRemove={() => update({ without: writeSteps(exclusions.filter((other) => other !== name)) })}
        />
      ))}
    </div>
  );
}

function AnswerCard({ view, search, update }: CardProps<FunnelSearch>) {
  const question = funnelQuestion(search, view.range);
  return question && <FunnelCard project={view.project} search={search} update={update} question={question} />;
}

function ComparedCard({ view, search }: CardProps<FunnelSearch>) {
  const question = funnelQuestion(search, view.range);
  return question && <ComparedSteps view={view} question={question} />;
}

export const cards: Cards<FunnelSearch> = { funnel: AnswerCard, compared: ComparedCard };
