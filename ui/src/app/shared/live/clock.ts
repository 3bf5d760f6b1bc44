import { DestroyRef, inject, Injectable, type Signal, signal } from '@angular/core';

/** An answer that took longer says too little about what time it is there. */
const SLOW = 2000;

/**
 * The server's time. Holds end by it, and a device whose clock is wrong by an hour must not say that they ended an hour
 * ago: every answer tells the server's time, to the second, and the difference is remembered.
 */
@Injectable({ providedIn: 'root' })
export class Clock {
  private ahead = 0;

  /** Milliseconds since 1970, by the server's clock. */
  now(): number {
    return Date.now() + this.ahead;
  }

  /** Learns from the `Date` of an answer that took so many milliseconds. */
  learn(date: string | null, took: number): void {
    const told = date ? Date.parse(date) : NaN;
    if (Number.isNaN(told) || took > SLOW) return;
    // The header is cut to the second: on average it is half a second old.
    const ahead = told + 500 - (Date.now() - took / 2);
    if (Math.abs(ahead - this.ahead) > 1000) this.ahead = ahead;
  }

  /** The time, told each second for as long as the caller lives. */
  ticking(): Signal<number> {
    const now = signal(this.now());
    const timer = setInterval(() => {
      now.set(this.now());
    }, 1000);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
    });
    return now.asReadonly();
  }
}
