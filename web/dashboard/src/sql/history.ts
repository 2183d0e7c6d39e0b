/** A statement that was run from this browser. It is kept here alone: the server keeps none. */
export interface PastStatement {
  sql: string;
  at: string;
  /** Null: it failed or was stopped. */
  rows: number | null;
}

const longest = 50;
const nameOf = (project: number) => `gm.sql_history.${project}`;
const listeners = new Set<() => void>();
// Where storage is forbidden the history lives as long as the page.
const memory = new Map<string, string>();

/** The history as it is stored, for a subscriber to compare. */
export function historyText(project: number): string {
  const name = nameOf(project);
  try {
    return localStorage.getItem(name) ?? '';
  } catch {
    return memory.get(name) ?? '';
  }
}

function store(project: number, past: PastStatement[]): void {
  const [name, text] = [nameOf(project), JSON.stringify(past)];
  memory.set(name, text);
  try {
    localStorage.setItem(name, text);
  } catch {
    // Forbidden or full: the copy in memory is what there is.
  }
  listeners.forEach((listener) => listener());
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const isPast = (value: unknown): value is PastStatement => {
  const { sql, at, rows } = (value ?? {}) as Partial<Record<keyof PastStatement, unknown>>;
  return typeof sql === 'string' && typeof at === 'string' && (rows === null || typeof rows === 'number');
};

export function parseHistory(text: string): PastStatement[] {
  try {
    const kept: unknown = JSON.parse(text);
    return Array.isArray(kept) ? kept.filter(isPast).slice(0, longest) : [];
  } catch {
    // Nothing yet, or somebody else wrote there.
    return [];
  }
}

/** Newest first; a statement that was run before moves up instead of standing there twice. */
export function remember(project: number, statement: PastStatement): void {
  const others = parseHistory(historyText(project)).filter(({ sql }) => sql !== statement.sql);
  store(project, [statement, ...others].slice(0, longest));
}

export const forget = (project: number): void => store(project, []);
