import { networkError } from './problem';

export interface ServerSentEvent {
  event: string;
  data: string;
}

/**
 * The text/event-stream grammar of the HTML standard, as far as this API uses it: fields `event` and `data`, comments, and
 * line ends CR, LF or CRLF that may be cut anywhere by the network. EventSource itself cannot send the Authorization header.
 */
export class ServerSentEventParser {
  private rest = '';
  private event = '';
  private data: string[] = [];
  private skipLineFeed = false;

  push(text: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    let input = this.rest + text;
    if (this.skipLineFeed && input.startsWith('\n')) input = input.slice(1);
    if (input !== '') this.skipLineFeed = false;
    for (;;) {
      const end = input.search(/[\r\n]/);
      if (end < 0) break;
      const line = input.slice(0, end);
      const isCarriageReturn = input[end] === '\r';
      const pair = isCarriageReturn && input[end + 1] === '\n';
      // A CR at the very end may be half of a CRLF whose LF comes with the next piece.
      this.skipLineFeed = isCarriageReturn && end + 1 === input.length;
      input = input.slice(end + (pair ? 2 : 1));
      const finished = this.take(line);
      if (finished) events.push(finished);
    }
    this.rest = input;
    return events;
  }

  private take(line: string): ServerSentEvent | null {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return null;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.event = value;
    if (field === 'data') this.data.push(value);
    return null;
  }

  private dispatch(): ServerSentEvent | null {
    const finished = this.data.length > 0 ? { event: this.event || 'message', data: this.data.join('\n') } : null;
    this.event = '';
    this.data = [];
    return finished;
  }
}

/** The server writes a comment every 15 s; a longer silence means that the connection is dead although nobody said so. */
export async function* readServerSentEvents(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
): AsyncGenerator<ServerSentEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new ServerSentEventParser();
  try {
    for (;;) {
      const { done, value } = await withDeadline(reader.read(), silenceMs);
      if (done) return;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    // Also reached when the consumer stops early: without it the connection would stay open.
    await reader.cancel().catch(() => undefined);
  }
}

function withDeadline<Value>(promise: Promise<Value>, milliseconds: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(networkError('nothing arrived in time')), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
