import { DestroyRef, effect, inject, type Signal, signal, untracked } from '@angular/core';

import { Problem } from '../api/problem';

/** Something that is asked for: on its way, there, or failed. What was there stays while it is asked for anew. */
export interface Asked<T> {
  readonly value: Signal<T | undefined>;
  readonly problem: Signal<Problem | undefined>;
  readonly isLoading: Signal<boolean>;
  /** Asks once more. */
  again(): void;
  /** Replaces what is known. */
  set(value: T): void;
}

/**
 * Asks for something, and asks anew whenever what it depends on changes. `key` is read reactively; while it is undefined
 * nothing is asked. Only the answer to the last question counts.
 */
export function ask<K, T>(key: () => K | undefined, load: (key: K, signal: AbortSignal) => Promise<T>): Asked<T> {
  const value = signal<T | undefined>(undefined);
  const problem = signal<Problem | undefined>(undefined);
  const isLoading = signal(true);
  const round = signal(0);
  let running: AbortController | undefined;
  inject(DestroyRef).onDestroy(() => running?.abort());
  effect(() => {
    const asked = key();
    round();
    if (asked === undefined) return;
    running?.abort();
    const mine = new AbortController();
    running = mine;
    untracked(() => {
      isLoading.set(true);
      load(asked, mine.signal).then(
        (answer) => {
          if (mine.signal.aborted) return;
          value.set(answer);
          problem.set(undefined);
          isLoading.set(false);
        },
        (thrown: unknown) => {
          if (mine.signal.aborted) return;
          problem.set(Problem.from(thrown));
          isLoading.set(false);
        },
      );
    });
  });
  return {
    value: value.asReadonly(),
    problem: problem.asReadonly(),
    isLoading: isLoading.asReadonly(),
    again: () => {
      round.update((number) => number + 1);
    },
    set: (next) => {
      value.set(next);
    },
  };
}
