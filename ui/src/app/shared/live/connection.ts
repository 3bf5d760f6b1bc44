import { Injectable, signal } from '@angular/core';

/** How often to look whether the server is back, in milliseconds. */
const LOOK = 2000;

/** Whether the server can be reached. Who was refused an answer says so; from then on it is asked until it is back. */
@Injectable({ providedIn: 'root' })
export class Connection {
  private readonly away = signal(false);
  private timer: ReturnType<typeof setInterval> | undefined;

  /** Whether nobody answers at the moment. */
  readonly isAway = this.away.asReadonly();

  /** Nobody answered. */
  lost(): void {
    this.away.set(true);
    this.timer ??= setInterval(() => void this.look(), LOOK);
  }

  /** Somebody answered. */
  found(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.away.set(false);
  }

  private async look(): Promise<void> {
    try {
      const response = await fetch('/livez', { cache: 'no-store', headers: { 'ngsw-bypass': '1' } });
      if (response.ok) this.found();
    } catch {
      // Still away; the next look will tell.
    }
  }
}
