/** A replacement of [from, to) of a text, and what is selected afterwards. */
export interface Edit {
  from: number;
  to: number;
  insert: string;
  start: number;
  end: number;
}

export interface Selected {
  text: string;
  start: number;
  end: number;
}

const step = '  ';

const lineStart = (text: string, at: number): number => (at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1);
const lineEnd = (text: string, at: number): number => {
  const next = text.indexOf('\n', at);
  return next < 0 ? text.length : next;
};
const indentOf = (line: string): string => /^ */.exec(line)?.[0] ?? '';

/** Tab: two spaces at the caret, or every line of a selection that spans several further in. */
export function indent({ text, start, end }: Selected): Edit {
  if (!text.slice(start, end).includes('\n')) {
    return { from: start, to: end, insert: step, start: start + step.length, end: start + step.length };
  }
  const from = lineStart(text, start);
  const lines = text.slice(from, end).split('\n');
  const insert = lines.map((line) => step + line).join('\n');
  return { from, to: end, insert, start: start + step.length, end: from + insert.length };
}

/** Shift+Tab: every line that the selection touches further out, by as much of a step as it has. */
export function outdent({ text, start, end }: Selected): Edit {
  const from = lineStart(text, start);
  const to = lineEnd(text, end);
  const lines = text.slice(from, to).split('\n');
  const spaces = lines.map((line) => Math.min(step.length, indentOf(line).length));
  const insert = lines.map((line, index) => line.slice(spaces[index])).join('\n');
  const removed = spaces.reduce((sum, count) => sum + count, 0);
  const lastLine = from + insert.lastIndexOf('\n') + 1;
  return {
    from,
    to,
    insert,
    start: Math.max(from, start - (spaces[0] ?? 0)),
    end: Math.max(lastLine, end - removed),
  };
}

/** Enter: a new line that begins where the current one does. */
export function newLine({ text, start, end }: Selected): Edit {
  const insert = `\n${indentOf(text.slice(lineStart(text, start), start))}`;
  return { from: start, to: end, insert, start: start + insert.length, end: start + insert.length };
}

/** Carries an edit out as if it had been typed. */
export function apply(field: HTMLTextAreaElement, edit: Edit): void {
  field.focus();
  field.setSelectionRange(edit.from, edit.to);
  // Old, but the only way to change a field that its own undo knows of.
  const typed = document.execCommand?.(edit.insert === '' ? 'delete' : 'insertText', false, edit.insert) ?? false;
  if (!typed) {
    field.setRangeText(edit.insert, edit.from, edit.to, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
  field.setSelectionRange(edit.start, edit.end);
}

export const selectedOf = (field: HTMLTextAreaElement): Selected => ({
  text: field.value,
  start: field.selectionStart,
  end: field.selectionEnd,
});

/** Puts a text where the caret is. */
export function insertAtCaret(field: HTMLTextAreaElement, text: string): void {
  const { start, end } = selectedOf(field);
  apply(field, { from: start, to: end, insert: text, start: start + text.length, end: start + text.length });
}
