import { describe, expect, test, vi } from 'vitest';
import { readServerSentEvents, ServerSentEventParser, type ServerSentEvent } from './server_sent_events';

const parse = (...pieces: string[]): ServerSentEvent[] => {
  const parser = new ServerSentEventParser();
  return pieces.flatMap((piece) => parser.push(piece));
};

describe('ServerSentEventParser', () => {
  test('reads events, comments and joined data lines', () => {
    expect(parse(': hello\n\nevent: event\ndata: {"a":1}\n\ndata: one\ndata:two\n\n')).toEqual([
      { event: 'event', data: '{"a":1}' },
      { event: 'message', data: 'one\ntwo' },
    ]);
  });

  test('gives the same events however the bytes are cut, for every kind of line end', () => {
    for (const end of ['\n', '\r', '\r\n']) {
      const text = `event: event${end}data: x: y${end}${end}: still here${end}${end}data: z${end}${end}`;
      const whole = parse(text, '\n');
      expect(whole).toEqual([
        { event: 'event', data: 'x: y' },
        { event: 'message', data: 'z' },
      ]);
      for (let cut = 1; cut < text.length; cut += 1)
        expect(parse(text.slice(0, cut), text.slice(cut), '\n')).toEqual(whole);
      expect(parse(...text, '\n')).toEqual(whole);
    }
  });

  test('an event without data is none, and a half one waits', () => {
    expect(parse('event: event\n\n')).toEqual([]);
    expect(parse('data: half\n')).toEqual([]);
    expect(parse('data\n\n')).toEqual([{ event: 'message', data: '' }]);
  });
});

const streamOf = (...pieces: Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      pieces.forEach((piece) => controller.enqueue(piece));
      controller.close();
    },
  });

describe('readServerSentEvents', () => {
  test('a character cut in two arrives whole', async () => {
    const bytes = new TextEncoder().encode('data: Größe 🎮\n\n');
    const events: ServerSentEvent[] = [];
    for await (const event of readServerSentEvents(
      streamOf(bytes.slice(0, 9), bytes.slice(9, 16), bytes.slice(16)),
      1000,
    ))
      events.push(event);
    expect(events).toEqual([{ event: 'message', data: 'Größe 🎮' }]);
  });

  test('silence ends it with an error and closes the connection', async () => {
    vi.useFakeTimers();
    const cancel = vi.fn();
    const reading = readServerSentEvents(new ReadableStream<Uint8Array>({ cancel }), 40_000).next();
    const outcome = expect(reading).rejects.toThrow('nothing arrived in time');
    await vi.advanceTimersByTimeAsync(40_000);
    await outcome;
    expect(cancel).toHaveBeenCalled();
    vi.useRealTimers();
  });

  test('a reader that stops closes the connection', async () => {
    const cancel = vi.fn();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\n')),
      cancel,
    });
    for await (const event of readServerSentEvents(body, 1000)) {
      expect(event.data).toBe('1');
      break;
    }
    expect(cancel).toHaveBeenCalled();
  });
});
