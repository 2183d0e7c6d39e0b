import { useId, type KeyboardEvent, type RefObject } from 'react';
import { apply, indent, newLine, outdent, selectedOf } from '../../sql/editing';
import { tokensOf } from '../../sql/tokens';

interface Props {
  field: RefObject<HTMLTextAreaElement | null>;
  value: string;
  onChange: (sql: string) => void;
  onRun: () => void;
  /** The line that the server has complained about. */
  badLine: number | null;
}

/**
 * A field of the browser's own over the same text in colours. An editor component would be twice the size that a page may have, and
 * this one has the browser's undo, spelling, selection and input methods.
 */
export function Editor({ field, value, onChange, onRun, badLine }: Props) {
  const id = useId();
  return (
    <div className="sql-editor">
      <div className="sql-lines" aria-hidden="true">
        {value.split('\n').map((_line, index) => (
          // A line has no other name than its number.
          // oxlint-disable-next-line react/no-array-index-key
          <span key={index} className={badLine === index + 1 ? 'is-bad' : undefined}>
            {index + 1}
          </span>
        ))}
      </div>
      <div className="sql-text">
        <Colours sql={value} />
        <textarea
          ref={field}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={(event) => onKeyDown(event, onRun)}
          aria-label="SQL statement"
          aria-describedby={id}
          aria-invalid={badLine !== null}
          wrap="off"
          autoCapitalize="none"
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
        />
      </div>
      <p id={id} className="sr-only">
        Control and Enter run it. Tab indents; Escape and then Tab leaves the field.
      </p>
    </div>
  );
}

function Colours({ sql }: { sql: string }) {
  return (
    <pre aria-hidden="true">
      {tokensOf(sql).map((token, index) =>
        token.kind === 'plain' ? (
          token.text
        ) : (
          // Pieces have no identity; their order is all there is.
          // oxlint-disable-next-line react/no-array-index-key
          <span key={index} className={`sql-is-${token.kind}`}>
            {token.text}
          </span>
        ),
      )}
      {/* An empty last line has a height only if something stands in it. */}
      {'\n'}
    </pre>
  );
}

// After Escape the next Tab moves on, as everywhere else: a field that keeps Tab for itself would hold people without a mouse.
const leaving = new WeakSet<HTMLTextAreaElement>();

function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>, onRun: () => void): void {
  const field = event.currentTarget;
  if (event.nativeEvent.isComposing) return;
  if (event.key === 'Escape') {
    leaving.add(field);
    return;
  }
  const leaves = leaving.delete(field);
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onRun();
  else if (event.ctrlKey || event.metaKey || event.altKey) return;
  else if (event.key === 'Tab' && !leaves)
    apply(field, event.shiftKey ? outdent(selectedOf(field)) : indent(selectedOf(field)));
  else if (event.key === 'Enter' && !event.shiftKey) apply(field, newLine(selectedOf(field)));
  else return;
  event.preventDefault();
}
