import { TestBed } from '@angular/core/testing';

import { Session } from './session';

const person = { id: 'usr_1', email: 'ada@usher.test', name: 'Ada', role: 'customer', created_at: '2026-11-20T10:00:00Z' };

describe('the session', () => {
  let tokens = 0;
  const asked = vi.fn<(path: string, request?: RequestInit) => Promise<Response>>((path) => {
    if (path === '/api/users/me') return Promise.resolve(Response.json(person));
    return Promise.resolve(Response.json({ access_token: `token-${String(++tokens)}`, token_type: 'Bearer', expires_in: 900 }));
  });
  const sent = (path: string) => asked.mock.calls.filter(([to]) => to === path).length;

  beforeEach(() => {
    tokens = 0;
    asked.mockClear();
    localStorage.clear();
    vi.stubGlobal('fetch', asked);
    // The order of renewals is the browser's to keep; here there is one page.
    let last: Promise<unknown> = Promise.resolve();
    const request = (_: string, work: () => Promise<unknown>) => (last = last.then(work));
    vi.stubGlobal('navigator', { locks: { request } });
    vi.stubGlobal('BroadcastChannel', class { postMessage = () => undefined; });
  });
  afterEach(() => vi.unstubAllGlobals());

  it('asks nobody while nobody ever signed in here', async () => {
    expect(await TestBed.inject(Session).token()).toBeUndefined();
    expect(asked).not.toHaveBeenCalled();
  });

  it('goes on where it was left, and keeps no token where scripts find one later', async () => {
    localStorage.setItem('usher.signed-in', '1');
    const session = TestBed.inject(Session);
    expect(await session.token()).toBe('token-1');
    expect(session.user()?.name).toBe('Ada');
    expect(JSON.stringify({ ...localStorage })).not.toContain('token');
  });

  it('renews a token once, however many find it too old', async () => {
    const session = TestBed.inject(Session);
    await session.signIn('ada@usher.test', 'secret');
    const renewed = await Promise.all([session.renew('token-1'), session.renew('token-1'), session.renew('token-1')]);
    expect(renewed).toEqual(['token-2', 'token-2', 'token-2']);
    expect(sent('/api/auth/session/renew')).toBe(1);
  });

  it('ends when the server says so, and what was kept for the person is forgotten', async () => {
    const session = TestBed.inject(Session);
    const forget = vi.fn();
    session.onEnd(forget);
    await session.signIn('ada@usher.test', 'secret');
    const refusal = { type: '/problems/unauthenticated', title: '', status: 401, detail: '', retryable: false };
    asked.mockResolvedValueOnce(Response.json(refusal, { status: 401 }));
    expect(await session.renew('token-1')).toBeUndefined();
    expect(session.isSignedIn()).toBe(false);
    expect(forget).toHaveBeenCalledOnce();
  });
});
