import { inject, Injectable } from '@angular/core';
import createClient, { type Client } from 'openapi-fetch';

import { Clock } from '../live/clock';
import { Connection } from '../live/connection';
import { Session } from '../session/session';
import { Problem, type ProblemBody } from './problem';
import type { components, paths } from './schema';

/** The bodies of the API by name, such as `Schema<'Booking'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

/** Pauses before asking again what can be asked again, in milliseconds: some three seconds in all. */
const PAUSES = [250, 750, 2000];

/**
 * The one way to the server. Its methods are typed by docs/openapi.json; what can be repeated - reading, and what carries an
 * `Idempotency-Key` - is repeated when the server or the network hiccups, and a token that ended is exchanged on the way.
 */
@Injectable({ providedIn: 'root' })
export class Api {
  private readonly session = inject(Session);
  private readonly clock = inject(Clock);
  private readonly connection = inject(Connection);

  readonly client: Client<paths> = createClient<paths>({ fetch: (request) => this.send(request) });

  /** The body of an answer that went well; throws the problem otherwise. */
  async of<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
    const { data, error, response } = await asked;
    if (!response.ok) throw new Problem(error as ProblemBody);
    return data as T;
  }

  /** A file that only its owner may read. */
  async file(path: string, accept: string): Promise<Blob> {
    const response = await this.send(new Request(new URL(path, location.origin), { headers: { accept } }));
    if (!response.ok) throw new Problem((await response.json()) as ProblemBody);
    return response.blob();
  }

  private async send(request: Request): Promise<Response> {
    const repeatable = request.method === 'GET' || request.headers.has('idempotency-key');
    for (let attempt = 0; ; attempt++) {
      const pause = repeatable ? PAUSES[attempt] : undefined;
      try {
        const response = await this.authorised(request);
        const wait = response.status === 429 ? Number(response.headers.get('retry-after') ?? 1) * 1000 : pause;
        const passing = response.status === 429 || response.status === 503;
        if (!passing || pause === undefined || wait === undefined || wait > 5000) return response;
        await sleep(Math.max(wait, pause), request.signal);
      } catch (thrown) {
        if (request.signal.aborted || thrown instanceof Problem) throw thrown;
        if (pause === undefined) {
          this.connection.lost();
          throw Problem.away();
        }
        await sleep(pause, request.signal);
      }
    }
  }

  /** Sends a copy with the token of now; one that ended is exchanged, once. */
  private async authorised(request: Request): Promise<Response> {
    const token = await this.session.token();
    const response = await this.once(request, token);
    if (response.status !== 401 || !token) return response;
    const next = await this.session.renew(token);
    return next ? this.once(request, next) : response;
  }

  private async once(request: Request, token: string | undefined): Promise<Response> {
    const copy = request.clone();
    if (token) copy.headers.set('authorization', `Bearer ${token}`);
    const began = performance.now();
    const response = await fetch(copy);
    this.connection.found();
    this.clock.learn(response.headers.get('date'), performance.now() - began);
    return response;
  }
}

/** A new key for a request that must happen once, however often it is sent. */
export function idempotencyKey(): string {
  return crypto.randomUUID();
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
