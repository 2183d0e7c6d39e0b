import { useState } from 'react';
import type { Question, QuestionKind } from '../api/questions';
import { useApi } from '../session/session';
import { Dialog } from './dialog';

interface Props {
  kind: QuestionKind;
  question: Question;
  onClose: () => void;
}

// A body inside single quotes of a shell: only the quote itself needs care.
const quoted = (text: string) => text.replaceAll("'", "'\\''");

/** What was asked, to be asked again by a program. The key is not in it. */
export function QueryDialog({ kind, question, onClose }: Props) {
  const address = useApi().address(`api/v1/query/${kind}`);
  const body = JSON.stringify(question, null, 2);
  const curl = `curl ${address} \\
  -H "Authorization: Bearer $GM_PROJECT_KEY" -H "Content-Type: application/json" \\
  -d '${quoted(JSON.stringify(question))}'`;
  return (
    <Dialog title="The query" onClose={onClose}>
      <Code name={`POST /api/v1/query/${kind}`} text={body} />
      <Code name="curl (append ?format=csv for the rows as CSV)" text={curl} />
    </Dialog>
  );
}

function Code({ name, text }: { name: string; text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <figure className="code">
      <figcaption>
        {name}
        {/* Only pages over https or on this machine may write to the clipboard. */}
        {window.isSecureContext && (
          <button type="button" className="button quiet" onClick={() => void copy()}>
            {copied ? 'Copied' : 'Copy'}
          </button>
        )}
      </figcaption>
      <pre tabIndex={0} role="region" aria-label={name}>
        <code>{text}</code>
      </pre>
    </figure>
  );
}
