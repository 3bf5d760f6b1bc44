/** One server-sent event. */
export interface ServerEvent {
  name: string;
  data: unknown;
}

export interface Listening {
  /** Asked each time the line is made anew, because the one before may have ended. */
  headers?: () => Promise<Record<string, string>>;
  /** Each event, in order. Answering `end` closes the line for good. */
  event: (event: ServerEvent) => 'end' | undefined;
  /** Whether the line is up. */
  live?: (up: boolean) => void;
}

/** The server says something every 15 seconds; twice that without a word is a line that is dead without knowing it. */
const SILENCE = 32_000;

/**
 * Listens to a stream of server-sent events until the signal ends it. A line that is cut is made anew, with longer and
 * longer pauses up to five seconds; every stream of Usher begins with the present state, so nothing has to be replayed.
 */
export async function listen(url: string, listening: Listening, signal: AbortSignal): Promise<void> {
  for (let pause = 250; !signal.aborted; pause = Math.min(pause * 2, 5000)) {
    const began = Date.now();
    const ended = await line(url, listening, signal).catch(() => 'cut' as const);
    listening.live?.(false);
    if (ended === 'end') return;
    if (Date.now() - began > 10_000) pause = 250;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function line(url: string, listening: Listening, signal: AbortSignal): Promise<'cut' | 'end'> {
  const silence = new AbortController();
  let timer = setTimeout(() => {
    silence.abort();
  }, SILENCE);
  try {
    const headers = { ...(await listening.headers?.()), accept: 'text/event-stream', 'ngsw-bypass': '1' };
    const response = await fetch(url, { headers, signal: AbortSignal.any([signal, silence.signal]), cache: 'no-store' });
    if (!response.ok || !response.body) return 'cut';
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return 'cut';
      clearTimeout(timer);
      timer = setTimeout(() => {
        silence.abort();
      }, SILENCE);
      text += value;
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) {
        const event = parse(part);
        if (!event) continue;
        listening.live?.(true);
        if (listening.event(event) === 'end') {
          await reader.cancel();
          return 'end';
        }
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

/** An event of its lines; nothing for a comment. */
export function parse(text: string): ServerEvent | undefined {
  const field = (name: string) => text.split('\n').find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1).trim();
  const data = field('data');
  return data === undefined ? undefined : { name: field('event') ?? 'message', data: JSON.parse(data) as unknown };
}
