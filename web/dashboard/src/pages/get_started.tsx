import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { sendEvent } from '../api/send_event';
import type { Project } from '../api/types';
import { baseUrl } from '../session/base_url';
import { looksLikeKey, readKey, storeKey } from '../session/key_store';
import { PageHead } from '../shell/page_head';
import { snippets, testEvent, type Snippet } from './snippets';

export function GetStarted({ project }: { project: Project }) {
  const [writeKey, setWriteKey] = useState(() => readKey('write'));
  const [typed, setTyped] = useState(writeKey ?? '');
  const id = useId();
  const enter = (text: string) => {
    setTyped(text);
    const key = text.trim();
    const valid = looksLikeKey('write', key);
    setWriteKey(valid ? key : null);
    if (valid) storeKey('write', key);
  };

  return (
    <>
      <PageHead title="Get started" detail={`${project.name} has no events yet.`} />
      <section className="card start">
        <ol className="start-steps">
          <li>
            <h2>Your write key</h2>
            <p className="muted">
              It was printed when the server started for the first time. It can only send events, so it is safe inside a
              game build.
            </p>
            <label htmlFor={id} className="sr-only">
              Write key
            </label>
            <input
              id={id}
              className="field mono"
              value={typed}
              onChange={(event) => enter(event.target.value)}
              placeholder="gm_wk_…"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              aria-invalid={typed !== '' && writeKey === null}
            />
            {typed !== '' && writeKey === null && (
              <p className="field-problem">A write key starts with gm_wk_ and has no spaces.</p>
            )}
          </li>
          <li>
            <h2>Send an event</h2>
            {snippets(baseUrl, writeKey).map((snippet) => (
              <CodeBlock key={snippet.id} snippet={snippet} />
            ))}
            {writeKey !== null && <TestButton writeKey={writeKey} />}
          </li>
          <li>
            <h2>See it here</h2>
            <p className="waiting" role="status">
              <span className="pulse" aria-hidden="true" /> Waiting for the first event. This page changes by itself
              when it arrives.
            </p>
          </li>
        </ol>
      </section>
    </>
  );
}

function CodeBlock({ snippet }: { snippet: Snippet }) {
  const [copied, setCopied] = useState<'yes' | 'failed' | null>(null);
  const copy = async () => {
    // The clipboard exists only on https and localhost.
    const done = await navigator.clipboard?.writeText(snippet.code).then(
      () => true,
      () => false,
    );
    setCopied(done ? 'yes' : 'failed');
    setTimeout(() => setCopied(null), 2000);
  };
  return (
    <figure className="code">
      <figcaption>
        <strong>{snippet.name}</strong>
        <span className="muted">{snippet.hint}</span>
        <button type="button" className="button quiet" onClick={() => void copy()}>
          {copied === 'yes' ? 'Copied' : copied === 'failed' ? 'Select and copy by hand' : 'Copy'}
        </button>
      </figcaption>
      {/* It scrolls sideways, so it must be reachable by keyboard. */}
      <pre tabIndex={0} role="region" aria-label={`${snippet.name} snippet`}>
        <code>{snippet.code}</code>
      </pre>
    </figure>
  );
}

function TestButton({ writeKey }: { writeKey: string }) {
  const queries = useQueryClient();
  const [outcome, setOutcome] = useState<string | null>(null);
  const send = async () => {
    try {
      const answer = await sendEvent(baseUrl, writeKey, testEvent);
      setOutcome(answer.accepted === 1 ? 'Sent.' : 'The server refused it; see Rejected events.');
      await queries.invalidateQueries({ queryKey: ['project'] });
    } catch (error) {
      setOutcome(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <p className="test-event">
      <button type="button" className="button" onClick={() => void send()}>
        Send a test event from here
      </button>
      <span role="status">{outcome}</span>
    </p>
  );
}
