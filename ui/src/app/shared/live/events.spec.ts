import { listen, parse, type ServerEvent } from './events';

function stream(...chunks: string[]): Response {
  const bytes = chunks.map((chunk) => new TextEncoder().encode(chunk));
  return new Response(new ReadableStream({ start: (to) => { bytes.forEach((chunk) => { to.enqueue(chunk); }); to.close(); } }));
}

describe('server-sent events', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('are read line by line, and comments are not events', () => {
    expect(parse('event: change\nid: 7\ndata: {"A1":"held"}')).toEqual({ name: 'change', data: { A1: 'held' } });
    expect(parse(': still here')).toBeUndefined();
  });

  it('are heard whole, however the line cuts them, and over lines that break', async () => {
    const asked = vi
      .fn()
      .mockResolvedValueOnce(stream('event: a\nda', 'ta: 1\n\nevent: b\n', 'data: 2\n\n'))
      .mockRejectedValueOnce(new TypeError('the network is away'))
      .mockResolvedValueOnce(new Response('', { status: 503 }))
      .mockResolvedValueOnce(stream('event: c\ndata: 3\n\nevent: d\ndata: 4\n\n'));
    vi.stubGlobal('fetch', asked);
    const heard: ServerEvent[] = [];
    const lines: boolean[] = [];
    const event = (one: ServerEvent) => {
      heard.push(one);
      return one.name === 'c' ? ('end' as const) : undefined;
    };
    await listen('/x', { event, live: (up) => lines.push(up) }, new AbortController().signal);
    expect(heard.map(({ name, data }) => [name, data])).toEqual([['a', 1], ['b', 2], ['c', 3]]);
    expect(asked).toHaveBeenCalledTimes(4);
    expect([lines[0], lines.at(-1)]).toEqual([true, false]);
  });
});
