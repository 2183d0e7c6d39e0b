/** Codes of a 401 that say nothing of who asks: the password or the code that was just typed is not right. */
const aboutWhatWasTyped = ['gm-login-failed', 'gm-second-factor-wrong', 'gm-challenge-unknown'];

/** A request that was answered with an error, or not answered at all (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly traceId: string | null = null,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** The key or the session itself is the problem: asking again with the same one cannot help. */
  get isAboutKey(): boolean {
    if (this.status === 403) return this.code === 'gm-key-wrong-kind';
    return this.status === 401 && !aboutWhatWasTyped.includes(this.code);
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Reads problem+json; a proxy's HTML page or an empty body still gives a sentence to show. */
export function problemFrom(status: number, body: string, retryAfter: string | null): ApiError {
  const problem = parseObject(body);
  const errors = Array.isArray(problem['errors']) ? (problem['errors'] as { detail?: unknown }[]) : [];
  const details = [textOf(problem['detail']), ...errors.map((error) => textOf(error.detail))];
  const message = [...new Set(details.filter((part) => part !== null))].join(' ');
  const seconds = Number(retryAfter);
  return new ApiError(
    status,
    textOf(problem['code']) ?? `http-${status}`,
    message || textOf(problem['title']) || `The server answered ${status} without saying why.`,
    textOf(problem['trace_id']),
    retryAfter !== null && Number.isFinite(seconds) ? seconds : null,
  );
}

export function networkError(cause: unknown): ApiError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ApiError(0, 'gm-network', `The server could not be reached (${reason}).`);
}
