import { computed, Injectable, signal } from '@angular/core';

import { Problem, type ProblemBody } from '../api/problem';
import type { components } from '../api/schema';
import { remember, remembered } from '../util/storage';

type Token = components['schemas']['Session'];
export type User = components['schemas']['User'];

/** Of the life of a token, in milliseconds: it is exchanged so long before its end. */
const EARLY = 60_000;

/** Says that somebody signed in here once; only then is it worth asking whether they still are. */
const HINT = 'usher.signed-in';

/**
 * Who is signed in. The access token lives in this object and nowhere else; what renews it is a cookie that no script can
 * read. Tabs share a renewal: one asks while the others wait, because each cookie is good for one exchange.
 */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly person = signal<User | undefined>(undefined);
  private current: { token: string; until: number } | undefined;
  private readonly tabs = new BroadcastChannel('usher.session');
  private starting: Promise<void> | undefined;
  private ends: (() => void)[] = [];

  /** Who it is; nobody while that is not known. */
  readonly user = this.person.asReadonly();
  readonly isSignedIn = computed(() => this.person() !== undefined);

  constructor() {
    this.tabs.onmessage = ({ data }: MessageEvent<{ token?: Token }>) => {
      if (data.token) this.keep(data.token);
      else this.forget();
    };
  }

  /** What to do when somebody signs out: forget what is theirs. */
  onEnd(forget: () => void): void {
    this.ends.push(forget);
  }

  /** Finds out who is signed in, once. */
  start(): Promise<void> {
    this.starting ??= remembered(HINT) ? this.begin() : Promise.resolve();
    return this.starting;
  }

  /** A token that is good now, or none when nobody is signed in. */
  async token(): Promise<string | undefined> {
    await this.start();
    if (this.current && this.current.until - EARLY < performance.now()) await this.renew(this.current.token);
    return this.current?.token;
  }

  async signIn(email: string, password: string): Promise<void> {
    this.take(await call<Token>('POST', '/api/auth/session', { email, password }));
    this.starting = Promise.resolve();
    await this.meet();
  }

  async register(name: string, email: string, password: string): Promise<void> {
    await call('POST', '/api/auth/register', { name, email, password });
    await this.signIn(email, password);
  }

  async signOut(): Promise<void> {
    await call('DELETE', '/api/auth/session').catch(() => undefined);
    this.tabs.postMessage({});
    this.forget();
  }

  /** The token after this one, or none when the sign-in is over. */
  async renew(old?: string): Promise<string | undefined> {
    return navigator.locks.request('usher.session', async () => {
      // Another tab, or another request of this one, was here first.
      if (this.current && this.current.token !== old) return this.current.token;
      try {
        this.take(await call<Token>('POST', '/api/auth/session/renew'));
        return this.current?.token;
      } catch (thrown) {
        const problem = Problem.from(thrown);
        if (problem.body.status === 401) this.forget();
        else if (!this.current) throw problem;
        return undefined;
      }
    });
  }

  private async begin(): Promise<void> {
    try {
      await this.renew();
      if (this.current) await this.meet();
    } catch {
      this.starting = undefined; // Nobody answered; the next question finds out.
    }
  }

  private async meet(): Promise<void> {
    this.person.set(await call<User>('GET', '/api/users/me', undefined, this.current?.token));
    remember(HINT, '1');
  }

  private take(token: Token): void {
    this.keep(token);
    this.tabs.postMessage({ token });
  }

  private keep(token: Token): void {
    // By the time since the page was opened: it goes on whatever somebody sets the clock to.
    this.current = { token: token.access_token, until: performance.now() + token.expires_in * 1000 };
  }

  private forget(): void {
    this.current = undefined;
    this.person.set(undefined);
    remember(HINT, undefined);
    for (const end of this.ends) end();
  }
}

async function call<T>(method: string, path: string, body?: unknown, token?: string): Promise<T> {
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  if (token) headers['authorization'] = `Bearer ${token}`;
  const request = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
  const response = await fetch(path, request).catch(() => {
    throw Problem.away();
  });
  if (!response.ok) throw new Problem((await response.json()) as ProblemBody);
  return (response.status === 204 ? undefined : await response.json()) as T;
}
