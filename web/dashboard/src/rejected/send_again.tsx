import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { sendAgain, type Verdict } from '../api/send_event';
import type { RejectedRow } from '../api/types';
import { baseUrl } from '../session/base_url';
import { looksLikeKey, readKey, storeKey } from '../session/key_store';
import { mended, proposal, whyNotAgain } from './replay';

/** A refused event as a text to mend, sent again with a write key. It stays in the list of what was refused: that is what happened. */
export function SendAgain({ row }: { row: RejectedRow }) {
  const [open, setOpen] = useState(false);
  const reason = whyNotAgain(row);
  if (reason !== null) return <p className="fine muted">{reason}</p>;
  if (open) return <Editor row={row} />;
  return (
    <button type="button" className="button" onClick={() => setOpen(true)}>
      Mend and send again
    </button>
  );
}

function Editor({ row }: { row: RejectedRow }) {
  const [text, setText] = useState(() => proposal(row));
  const [key, setKey] = useState(() => readKey('write') ?? '');
  const [problem, setProblem] = useState<string | null>(null);
  const queries = useQueryClient();
  const id = useId();
  const send = useMutation({
    mutationFn: (event: Record<string, unknown>) => sendAgain(baseUrl, key.trim(), event),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['pipeline'] }),
  });
  const submit = () => {
    const result = mended(text);
    const wrongKey = looksLikeKey('write', key.trim()) ? null : 'A write key starts with gm_wk_ and has no spaces.';
    const found = 'problem' in result ? result.problem : wrongKey;
    setProblem(found);
    if (found !== null || 'problem' in result) return;
    storeKey('write', key.trim());
    send.mutate(result.event);
  };
  return (
    <form
      className="send-again"
      aria-label="Mend and send again"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label htmlFor={`${id}-event`}>The event, to be mended</label>
      <textarea
        id={`${id}-event`}
        className="field mono"
        rows={Math.min(16, text.split('\n').length + 1)}
        value={text}
        onChange={(event) => setText(event.target.value)}
        spellCheck={false}
      />
      <label htmlFor={`${id}-key`}>Write key</label>
      <input
        id={`${id}-key`}
        className="field mono"
        value={key}
        onChange={(event) => setKey(event.target.value)}
        placeholder="gm_wk_…"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      <p className="field-problem" role="alert">
        {problem ?? send.error?.message}
      </p>
      <button type="submit" className="button" disabled={send.isPending}>
        Send
      </button>
      {send.data && <Told verdict={send.data} />}
    </form>
  );
}

function Told({ verdict }: { verdict: Verdict }) {
  return (
    <p role="status" data-verdict={verdict.taken ? 'taken' : 'refused'}>
      {verdict.taken ? 'It is taken, and counted once however often it is sent.' : 'It was refused again.'}{' '}
      {verdict.tag && (
        <>
          <code>{verdict.tag}</code> {verdict.detail}
        </>
      )}
    </p>
  );
}
