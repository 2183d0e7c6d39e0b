import { ApiError, networkError, problemFrom } from './problem';
import { readServerSentEvents, type ServerSentEvent } from './server_sent_events';

export type QueryParameters = Record<string, string | number | null | undefined>;

/** The headers that say who asks; `changes`: of a request that is not a mere read. */
export type Credentials = (changes: boolean) => Record<string, string>;

export const keyCredentials =
  (key: string): Credentials =>
  () => ({ Authorization: `Bearer ${key}` });

/** The session's cookie, which no script reads, goes by itself. A change needs what a form of another page could not send. */
export const sessionCredentials =
  (csrf: string, project: number | null): Credentials =>
  (changes) => ({
    ...(project === null ? {} : { 'X-Project': String(project) }),
    ...(changes ? { 'X-CSRF-Token': csrf } : {}),
  });

export const noCredentials: Credentials = () => ({});

/** Speaks to the API beside the page. One instance per key or session; it never writes either anywhere. */
export class ApiClient {
  constructor(
    private readonly baseUrl: string,
    private readonly credentials: Credentials,
    private readonly send: typeof fetch = (...request) => fetch(...request),
  ) {}

  /** Where a path is, for the reader's own programs. */
  address(path: string): string {
    return buildUrl(this.baseUrl, path, {});
  }

  async get<Answer>(path: string, parameters: QueryParameters = {}, signal?: AbortSignal): Promise<Answer> {
    return readJson<Answer>(await this.request(path, parameters, 'application/json', signal));
  }

  async post<Answer>(path: string, body: unknown, signal?: AbortSignal): Promise<Answer> {
    return readJson<Answer>(await this.request(path, {}, 'application/json', signal, body));
  }

  async put<Answer>(path: string, body: unknown): Promise<Answer> {
    return readJson<Answer>(await this.request(path, {}, 'application/json', undefined, body, 'PUT'));
  }

  async patch<Answer>(path: string, body: unknown): Promise<Answer> {
    return readJson<Answer>(await this.request(path, {}, 'application/json', undefined, body, 'PATCH'));
  }

  async remove<Answer>(path: string): Promise<Answer> {
    return readJson<Answer>(await this.request(path, {}, 'application/json', undefined, undefined, 'DELETE'));
  }

  /** For answers that are no JSON, or that want to be read in another way. */
  postForResponse(path: string, body: unknown, accept: string, signal?: AbortSignal): Promise<Response> {
    return this.request(path, {}, accept, signal, body);
  }

  /**
   * Resolves once the server has accepted the stream. What it resolves to yields until the server ends the stream, `signal` aborts,
   * or nothing at all arrives for `silenceMs`.
   */
  async openStream(path: string, signal: AbortSignal, silenceMs: number): Promise<AsyncGenerator<ServerSentEvent>> {
    const response = await this.request(path, {}, 'text/event-stream', signal);
    if (response.body === null) throw networkError('the answer has no body');
    return readServerSentEvents(response.body, silenceMs);
  }

  private async request(
    path: string,
    parameters: QueryParameters,
    accept: string,
    signal: AbortSignal | undefined,
    body?: unknown,
    method = body === undefined ? 'GET' : 'POST',
  ): Promise<Response> {
    let response: Response;
    try {
      response = await this.send(buildUrl(this.baseUrl, path, parameters), {
        headers: {
          ...this.credentials(method !== 'GET'),
          Accept: accept,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        cache: 'no-store',
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      throw isAbort(error) ? error : networkError(error);
    }
    if (!response.ok) {
      throw problemFrom(response.status, await response.text().catch(() => ''), response.headers.get('Retry-After'));
    }
    return response;
  }
}

async function readJson<Answer>(response: Response): Promise<Answer> {
  try {
    const text = await response.text();
    // What is only done, or will be, has nothing to say.
    return (text === '' && [202, 204].includes(response.status) ? undefined : JSON.parse(text)) as Answer;
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError(response.status, 'gm-answer-malformed', 'The server answered with something that is not JSON.');
  }
}

export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

export function buildUrl(baseUrl: string, path: string, parameters: QueryParameters): string {
  const url = new URL(path, baseUrl);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined) url.searchParams.set(name, String(value));
  }
  return url.href;
}
