import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiClient } from '../api/client';
import { dateAndTime } from '../format/dates';
import { Choice } from '../insight/choice';
import { useApi, useMay } from '../session/session';
import { TextField } from '../sign_in/text_field';
import { ConfirmButton } from './confirm_button';
import { Allowed, Form, Listed, PeopleCard, PeopleTable, Refusal } from './parts';
import { keysOf, useChange, type KeyKind, type MadeKey, type ProjectKey } from './people';
import { ShownOnce } from './shown_once';

const kinds: Record<KeyKind, string> = {
  write: 'write: sends events from game builds',
  project: 'project: reads all numbers',
  server: 'server: sends events that are believed',
  gameanalytics: 'GameAnalytics: a pair for its SDKs',
};
const overlaps: [seconds: string, name: string][] = [
  ['0', 'ends at once'],
  ['3600', 'works for an hour more'],
  ['86400', 'works for a day more'],
  ['604800', 'works for a week more'],
];
/** Only browsers tell where a request comes from, so only what pages send with has a list. */
const usedByPages = (kind: KeyKind): boolean => kind === 'write' || kind === 'gameanalytics';

export const originsOf = (typed: string): string[] => typed.split(/[\s,]+/).filter((origin) => origin !== '');

interface Props {
  project: number;
  timezone: string;
}

/** The keys of the open project: made, shown once, rotated, held to web pages, revoked. */
export function ProjectKeysCard({ project, timezone }: Props) {
  const [made, setMade] = useState<MadeKey | null>(null);
  return (
    <PeopleCard
      title="Keys of the project"
      lead="The server keeps of each key only what tells whether one is right. A lost key is rotated."
    >
      {made && (
        <ShownOnce
          title={`Key ${made.id} is made.`}
          note="This is the only time that it is shown."
          texts={[['Key', made.key], ...(made.secret ? [['Secret', made.secret] as [string, string]] : [])]}
          onClose={() => setMade(null)}
        />
      )}
      <Allowed action="see_keys">
        <KeyRows project={project} timezone={timezone} onMade={setMade} />
      </Allowed>
      <Allowed action="manage_keys">
        <NewKeyForm project={project} onMade={setMade} />
      </Allowed>
    </PeopleCard>
  );
}

function KeyRows({ project, timezone, onMade }: Props & { onMade: (key: MadeKey) => void }) {
  const keys = useQuery(keysOf(useApi(), project));
  return (
    <Listed rows={keys} empty="The project has no key.">
      {(rows) => (
        <PeopleTable
          caption="Keys"
          columns={['Key', 'Kind', 'Web pages', 'Made', 'Ends', 'Change']}
          rows={rows}
          keyOf={({ id }) => id}
          cells={(key) => [
            <code key="prefix">{key.prefix}…</code>,
            key.kind,
            usedByPages(key.kind) ? key.origins.join(' ') || 'any' : '–',
            dateAndTime(key.created_at, timezone),
            key.revoked_at === null ? '–' : dateAndTime(key.revoked_at, timezone),
            <KeyActions key="actions" project={project} apiKey={key} now={keys.dataUpdatedAt} onMade={onMade} />,
          ]}
        />
      )}
    </Listed>
  );
}

interface ActionsProps {
  project: number;
  apiKey: ProjectKey;
  now: number;
  onMade: (key: MadeKey) => void;
}

function KeyActions({ project, apiKey, now, onMade }: ActionsProps) {
  const may = useMay();
  const [open, setOpen] = useState<'rotate' | 'origins' | null>(null);
  const path = `api/v1/projects/${project}/keys/${apiKey.id}`;
  const revoke = useChange((api: ApiClient) => api.remove<void>(path));
  if (!may('manage_keys')) return '–';
  // A key that was rotated has its end already, and can be ended sooner.
  const ended = apiKey.revoked_at !== null;
  const over = ended && Date.parse(apiKey.revoked_at ?? '') <= now;
  const toggle = (what: 'rotate' | 'origins') => setOpen(open === what ? null : what);
  return (
    <div className="row-actions">
      {!ended && (
        <button type="button" className="button quiet" aria-expanded={open === 'rotate'} onClick={() => toggle('rotate')}>
          Rotate
        </button>
      )}
      {!ended && usedByPages(apiKey.kind) && (
        <button type="button" className="button quiet" aria-expanded={open === 'origins'} onClick={() => toggle('origins')}>
          Web pages
        </button>
      )}
      {!over && (
        <ConfirmButton
          label="Revoke"
          about={`key ${apiKey.prefix}`}
          question="Refuse it from now on?"
          disabled={revoke.isPending}
          onConfirm={() => revoke.mutate(undefined)}
        />
      )}
      <Refusal error={revoke.error} />
      {open === 'rotate' && (
        <RotateForm
          path={path}
          onMade={(key) => {
            setOpen(null);
            onMade(key);
          }}
        />
      )}
      {open === 'origins' && <OriginsForm path={path} origins={apiKey.origins} onDone={() => setOpen(null)} />}
    </div>
  );
}

function RotateForm({ path, onMade }: { path: string; onMade: (key: MadeKey) => void }) {
  const [overlap, setOverlap] = useState('86400');
  const rotate = useChange((api: ApiClient) => api.post<MadeKey>(`${path}/rotate`, { overlap_seconds: Number(overlap) }), onMade);
  return (
    <Form label="Rotate the key" onSubmit={() => rotate.mutate(undefined)}>
      <Choice label="The old key" value={overlap} choices={overlaps} onChange={setOverlap} />
      <button type="submit" className="button" disabled={rotate.isPending}>
        Make the new key
      </button>
      <Refusal error={rotate.error} />
    </Form>
  );
}

function OriginsForm({ path, origins, onDone }: { path: string; origins: string[]; onDone: () => void }) {
  const [typed, setTyped] = useState(origins.join(' '));
  const set = useChange((api: ApiClient, wanted: string[]) => api.put<void>(`${path}/origins`, { origins: wanted }), onDone);
  return (
    <Form label="Web pages of the key" onSubmit={() => set.mutate(originsOf(typed))}>
      <TextField
        label="Only from these web pages"
        value={typed}
        onChange={setTyped}
        autoComplete="off"
        placeholder="https://game.example"
        note="Origins with blanks between; none: from any page. It holds browsers to them, and nobody else."
      />
      <button type="submit" className="button" disabled={set.isPending}>
        Save
      </button>
      <Refusal error={set.error} />
    </Form>
  );
}

function NewKeyForm({ project, onMade }: { project: number; onMade: (key: MadeKey) => void }) {
  const [kind, setKind] = useState<KeyKind>('write');
  const [origins, setOrigins] = useState('');
  const make = useChange(
    (api: ApiClient) =>
      api.post<MadeKey>(`api/v1/projects/${project}/keys`, {
        kind,
        ...(usedByPages(kind) && originsOf(origins).length > 0 ? { origins: originsOf(origins) } : {}),
      }),
    onMade,
  );
  return (
    <Form label="New key" onSubmit={() => make.mutate(undefined)}>
      <Choice
        label="Kind"
        value={kind}
        choices={Object.entries(kinds)}
        onChange={(chosen) => setKind(chosen as KeyKind)}
      />
      {usedByPages(kind) && (
        <TextField
          label="Only from these web pages"
          value={origins}
          onChange={setOrigins}
          autoComplete="off"
          placeholder="any"
        />
      )}
      <button type="submit" className="button" disabled={make.isPending}>
        Make a key
      </button>
      <Refusal error={make.error} />
    </Form>
  );
}
