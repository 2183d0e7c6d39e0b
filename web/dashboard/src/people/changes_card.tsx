import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { LoadFailure } from '../charts/chart_card';
import { dateAndTime } from '../format/dates';
import type { Organisation } from '../session/person';
import { useApi, useMay } from '../session/session';
import { Allowed, PeopleCard, PeopleTable } from './parts';
import { membersOf, readChanges, type Change, type Member } from './people';

interface Props {
  organisation: Organisation;
  timezone: string;
}

/** Who changed what, when and from where, newest first. */
export function ChangesCard({ organisation, timezone }: Props) {
  return (
    <PeopleCard
      title={`Changes in ${organisation.name}`}
      lead="Each entry is kept in the same step as its change. What concerns an account alone is in the log of the command line."
    >
      <Allowed action="read_audit">
        <Changes organisation={organisation.id} timezone={timezone} />
      </Allowed>
    </PeopleCard>
  );
}

/** "user:3" by the address that others know him by. */
export function nameOfActor(actor: string, members: Member[]): string {
  const member = members.find(({ id }) => actor === `user:${id}`);
  return member?.email ?? actor;
}

const facts = (value: Record<string, unknown> | null): string =>
  value === null
    ? ''
    : Object.entries(value)
        .map(([name, one]) => `${name} ${typeof one === 'string' ? one : JSON.stringify(one)}`)
        .join(', ');

/** What was before and what is now, as far as there is either. */
export function difference({ before, after }: Pick<Change, 'before' | 'after'>): string {
  const [old, now] = [facts(before), facts(after)];
  if (old === '') return now || '–';
  return now === '' ? `was ${old}` : `${old} → ${now}`;
}

function Changes({ organisation, timezone }: { organisation: number; timezone: string }) {
  const api = useApi();
  const may = useMay();
  const members = useQuery({ ...membersOf(api, organisation), enabled: may('see_members') }).data ?? [];
  const pages = useInfiniteQuery({
    queryKey: ['people', 'changes', organisation],
    queryFn: ({ pageParam, signal }) => readChanges(api, organisation, pageParam, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
  });
  if (pages.isError) return <LoadFailure error={pages.error} retry={() => void pages.refetch()} />;
  if (pages.data === undefined) return <div className="skeleton-text" role="status" aria-label="Loading" />;
  return (
    <>
      <PeopleTable
        caption="Changes"
        columns={['When', 'Who', 'From', 'What', 'Of', 'Difference']}
        rows={pages.data.pages.flatMap(({ entries }) => entries)}
        keyOf={({ id }) => id}
        cells={(change) => [
          dateAndTime(change.at, timezone),
          nameOfActor(change.actor, members),
          change.address || '–',
          <code key="what">{change.action}</code>,
          change.object,
          difference(change),
        ]}
      />
      {pages.hasNextPage && (
        <button type="button" className="button" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          Show older ones
        </button>
      )}
    </>
  );
}
