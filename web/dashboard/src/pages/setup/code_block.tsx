import { useState } from 'react';

interface Props {
  name: string;
  hint?: string;
  code: string;
}

/** Code to copy. */
export function CodeBlock({ name, hint, code }: Props) {
  const [copied, setCopied] = useState<'yes' | 'failed' | null>(null);
  const copy = async () => {
    // The clipboard exists only on https and localhost.
    const done = await navigator.clipboard?.writeText(code).then(
      () => true,
      () => false,
    );
    setCopied(done ? 'yes' : 'failed');
    setTimeout(() => setCopied(null), 2000);
  };
  return (
    <figure className="code">
      <figcaption>
        <strong>{name}</strong>
        {hint && <span className="muted">{hint}</span>}
        <button type="button" className="button quiet" onClick={() => void copy()}>
          {copied === 'yes' ? 'Copied' : copied === 'failed' ? 'Select and copy by hand' : 'Copy'}
        </button>
      </figcaption>
      {/* It scrolls sideways, so it must be reachable by keyboard. */}
      <pre tabIndex={0} role="region" aria-label={`${name} snippet`}>
        <code>{code}</code>
      </pre>
    </figure>
  );
}
