import { describe, expect, test, vi } from 'vitest';
import { ApiClient, keyCredentials, buildUrl } from './client';
import { ApiError, problemFrom } from './problem';
import { cancelQuery } from './running_queries';

const answering = (response: Response | Error | DOMException) =>
  vi.fn<typeof fetch>(() => (response instanceof Response ? Promise.resolve(response) : Promise.reject(response)));

const json = (value: unknown, status = 200, headers = {}) => new Response(JSON.stringify(value), { status, headers });

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

describe('ApiClient', () => {
  test('sends the key as a header, never in the address, and stays below the base', async () => {
    const send = answering(json({ ok: true }));
    await new ApiClient('http://host/games/', keyCredentials('gm_pk_1'), send).get('api/v1/metrics/dau', {
      from: '2026-11-01',
      reason: undefined,
    });
    const [url, init] = send.mock.calls[0]!;
    expect(url).toBe('http://host/games/api/v1/metrics/dau?from=2026-11-01');
    expect(init?.headers).toMatchObject({ Authorization: 'Bearer gm_pk_1' });
  });

  test('a question goes as JSON, and nothing of it into the address', async () => {
    const send = answering(json({ total: 3 }));
    const client = new ApiClient('http://host/', keyCredentials('gm_pk_1'), send);
    expect(await client.post('api/v1/query/players', { kind: 'segment' })).toEqual({ total: 3 });
    const [url, init] = send.mock.calls[0]!;
    expect(url).toBe('http://host/api/v1/query/players');
    expect(init).toMatchObject({ method: 'POST', body: '{"kind":"segment"}' });
    expect(init?.headers).toMatchObject({ Authorization: 'Bearer gm_pk_1', 'Content-Type': 'application/json' });
  });

  test('what is taken away is named by the address alone', async () => {
    const send = answering(json({ id: 'a', cancelled: true }, 202));
    expect(await cancelQuery(new ApiClient('http://host/', keyCredentials('gm_pk_1'), send), 'a b')).toEqual({ id: 'a', cancelled: true });
    const [url, init] = send.mock.calls[0]!;
    expect(url).toBe('http://host/api/v1/queries/a%20b');
    expect(init?.method).toBe('DELETE');
    expect(init?.body).toBeUndefined();
  });

  test('turns problem+json into an error with code, sentence and trace', async () => {
    const problem = {
      code: 'gm-query-invalid',
      detail: 'The range is wrong.',
      trace_id: 'ab',
      errors: [{ detail: 'to lies before from.' }],
    };
    const error = await failure(new ApiClient('http://host/', keyCredentials('k'), answering(json(problem, 400))).get('x'));
    expect(error).toMatchObject({
      status: 400,
      code: 'gm-query-invalid',
      message: 'The range is wrong. to lies before from.',
      traceId: 'ab',
      isAboutKey: false,
    });
  });

  test('an answer of a proxy that is no JSON still gives a sentence', () => {
    expect(problemFrom(502, '<html>Bad gateway</html>', null)).toMatchObject({
      code: 'http-502',
      message: 'The server answered 502 without saying why.',
    });
    expect(problemFrom(503, '[]', '7')).toMatchObject({ retryAfterSeconds: 7 });
    expect(problemFrom(503, 'null', 'Wed, 21 Oct 2026 07:28:00 GMT')).toMatchObject({ retryAfterSeconds: null });
  });

  test('knows when the key is the problem', () => {
    expect(problemFrom(401, '{"code":"gm-key-unknown"}', null).isAboutKey).toBe(true);
    expect(problemFrom(403, '{"code":"gm-key-wrong-kind"}', null).isAboutKey).toBe(true);
    expect(problemFrom(403, '{"code":"other"}', null).isAboutKey).toBe(false);
  });

  test('a server that cannot be reached has status 0; an abort stays an abort', async () => {
    expect(
      await failure(new ApiClient('http://host/', keyCredentials('k'), answering(new TypeError('Failed to fetch'))).get('x')),
    ).toMatchObject({ status: 0, code: 'gm-network' });
    const abort = new DOMException('stopped', 'AbortError');
    await expect(new ApiClient('http://host/', keyCredentials('k'), answering(abort)).get('x')).rejects.toBe(abort);
  });

  test('a success without JSON is an error', async () => {
    expect(await failure(new ApiClient('http://host/', keyCredentials('k'), answering(new Response('<html>'))).get('x'))).toMatchObject(
      { code: 'gm-answer-malformed' },
    );
  });
});

test('buildUrl leaves out what is not set and escapes the rest', () => {
  expect(buildUrl('http://h/', 'api', { a: 'x&y', b: null, c: 0 })).toBe('http://h/api?a=x%26y&c=0');
});
