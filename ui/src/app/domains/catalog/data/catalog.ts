import { inject, Injectable } from '@angular/core';

import { Api, type Schema } from '../../../shared/api/api';
import { genreName } from '../util/genres';

export type Movie = Schema<'Movie'>;
export type Genre = Schema<'Genre'>;
export type Theater = Schema<'Theater'>;
export type Showtime = Schema<'Showtime'>;

/** What is on, where and when. What changes a few times a week is asked for once. */
@Injectable({ providedIn: 'root' })
export class Catalog {
  private readonly api = inject(Api);
  private readonly kept = new Map<string, Promise<unknown>>();

  movies(): Promise<Movie[]> {
    return this.once('movies', async () => (await this.api.of(this.api.client.GET('/api/movies', { params: { query: { limit: 200 } } }))).items);
  }

  genres(): Promise<Genre[]> {
    return this.once('genres', async () => {
      const { items } = await this.api.of(this.api.client.GET('/api/genres'));
      return items.map((genre) => ({ ...genre, name: genreName(genre) }));
    });
  }

  theaters(): Promise<Theater[]> {
    return this.once('theaters', async () => (await this.api.of(this.api.client.GET('/api/theaters'))).items);
  }

  movie(id: string): Promise<Movie> {
    return this.api.of(this.api.client.GET('/api/movies/{id}', { params: { path: { id } } }));
  }

  /** The beginning of the next show in a theater or of a film; nothing when none is planned. */
  async next(query: { theater: string } | { movie: string }): Promise<string | undefined> {
    const { items } = await this.api.of(this.api.client.GET('/api/showtimes', { params: { query: { ...query, limit: 1 } } }));
    return items[0]?.starts_at;
  }

  /** Showtimes of a day, by the clock of each theater, that have not begun. */
  async showtimes(query: { movie?: string; theater?: string; date: string }, signal: AbortSignal): Promise<Showtime[]> {
    return (await this.api.of(this.api.client.GET('/api/showtimes', { params: { query: { ...query, limit: 200 } }, signal }))).items;
  }

  private once<T>(name: string, load: () => Promise<T>): Promise<T> {
    const kept = this.kept.get(name) as Promise<T> | undefined;
    if (kept) return kept;
    const asked = load();
    this.kept.set(name, asked);
    asked.catch(() => this.kept.delete(name));
    return asked;
  }
}
