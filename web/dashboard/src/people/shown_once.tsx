import { useState } from 'react';

interface Props {
  title: string;
  note: string;
  /** What is shown, each with its name. */
  texts: [label: string, text: string][];
  onClose: () => void;
}

/** A secret that the server keeps no copy of. It stays until whoever made it says that it was taken down. */
export function ShownOnce({ title, note, texts, onClose }: Props) {
  return (
    <div className="shown-once" role="status" data-shown-once="">
      <p>
        <strong>{title}</strong> {note}
      </p>
      <dl>
        {texts.map(([label, text]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <code>{text}</code>
              <CopyButton text={text} about={label} />
            </dd>
          </div>
        ))}
      </dl>
      <button type="button" className="button" onClick={onClose}>
        I have kept it
      </button>
    </div>
  );
}

function CopyButton({ text, about }: { text: string; about: string }) {
  const [copied, setCopied] = useState(false);
  // Only pages over https or on this machine may write to the clipboard.
  if (!('clipboard' in navigator)) return null;
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <button type="button" className="button quiet" onClick={copy} aria-label={`Copy ${about}`}>
      {copied ? 'Copied' : 'Copy'}
    </button>
  );
}
