import { ChangeDetectionStrategy, Component, computed, effect, inject, input } from '@angular/core';
import { Router, RouterLink } from '@angular/router';

import { Clock } from '../../../shared/live/clock';
import { Failed } from '../../../shared/ui/failed';
import { Icon } from '../../../shared/ui/icon';
import { Poster } from '../../../shared/ui/poster';
import { ask } from '../../../shared/util/ask';
import { dayIn, daysFrom } from '../../../shared/util/format';
import { remember, remembered } from '../../../shared/util/storage';
import { Catalog, type Movie, type Showtime } from '../data/catalog';
import { DayStrip } from '../ui/day-strip';
import { TimeLinks } from '../ui/time-links';

/** How many days can be chosen. */
const DAYS = 14;

/** What is on: one theater, one day, its films with their times. All of it stands in the address. */
@Component({
  imports: [DayStrip, Failed, Icon, Poster, RouterLink, TimeLinks],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './whats-on.html',
})
export class WhatsOn {
  /** From the address. */
  readonly theater = input<string>();
  readonly date = input<string>();
  readonly genre = input<string>();
  readonly q = input<string>();

  private readonly catalog = inject(Catalog);
  private readonly router = inject(Router);
  private readonly clock = inject(Clock);

  private readonly known = ask(
    () => true,
    async () => {
      const [movies, theaters, genres] = await Promise.all([this.catalog.movies(), this.catalog.theaters(), this.catalog.genres()]);
      return { movies, theaters, genres };
    },
  );
  protected readonly theaters = computed(() => this.known.value()?.theaters ?? []);
  protected readonly house = computed(() => {
    const wanted = this.theater() ?? remembered('usher.theater');
    return this.theaters().find((theater) => theater.id === wanted) ?? this.theaters()[0];
  });
  private readonly next = ask(
    () => this.house()?.id,
    async (house) => ({ house, begins: await this.catalog.next({ theater: house }) }),
  );
  protected readonly today = computed(() => dayIn(this.house()?.time_zone ?? 'UTC', this.clock.now()));
  /** From the first day on that has a show left: late in the evening that is tomorrow. */
  protected readonly days = computed(() => {
    const [house, next] = [this.house(), this.next.value()];
    const begins = next && next.house === house?.id ? next.begins : undefined;
    return daysFrom(begins ? dayIn(house?.time_zone ?? 'UTC', Date.parse(begins)) : this.today(), DAYS);
  });
  protected readonly day = computed(() => {
    const wanted = this.date();
    return wanted && this.days().includes(wanted) ? wanted : (this.days()[0] ?? '');
  });
  private readonly shows = ask(
    () => {
      const house = this.house();
      return house && this.next.value()?.house === house.id ? `${house.id} ${this.day()}` : undefined;
    },
    (key, signal) => {
      const [theater = '', date = ''] = key.split(' ');
      return this.catalog.showtimes({ theater, date }, signal);
    },
  );
  protected readonly problem = computed(() => this.known.problem() ?? this.next.problem() ?? this.shows.problem());
  protected readonly isLoading = computed(() => !this.known.value() || (this.shows.isLoading() && !this.shows.value()));

  /** The genres of the films that are shown that day. */
  protected readonly genres = computed(() => {
    const shown = new Set(this.playing().flatMap(({ movie }) => movie.genres));
    return this.known.value()?.genres.filter((genre) => shown.has(genre.slug)) ?? [];
  });
  private readonly playing = computed(() => {
    const times = new Map<string, Showtime[]>();
    for (const show of this.shows.value() ?? []) times.set(show.movie_id, [...(times.get(show.movie_id) ?? []), show]);
    const movies = this.known.value()?.movies ?? [];
    return movies.map((movie) => ({ movie, shows: times.get(movie.id) ?? [] })).filter(({ shows }) => shows.length > 0);
  });
  protected readonly films = computed(() => {
    const words = (this.q() ?? '').toLowerCase().trim();
    return this.playing().filter(
      ({ movie }) => (!this.genre() || movie.genres.includes(this.genre() ?? '')) && (!words || `${movie.title} ${movie.synopsis}`.toLowerCase().includes(words)),
    );
  });
  /** The newest film, shown large while nobody looks for anything. */
  protected readonly lead = computed(() => {
    if (this.q() || this.genre()) return undefined;
    const newest = (a: { movie: Movie }, b: { movie: Movie }) => b.movie.released.localeCompare(a.movie.released);
    return [...this.films()].sort(newest)[0];
  });

  /** All films but the large one. */
  protected readonly others = computed(() => this.films().filter((film) => film !== this.lead()));

  constructor() {
    effect(() => {
      if (this.theater()) remember('usher.theater', this.theater());
    });
  }

  protected go(change: Record<string, string | undefined>): void {
    const queryParams = Object.fromEntries(Object.entries(change).map(([name, value]) => [name, value ?? null]));
    void this.router.navigate([], { queryParams, queryParamsHandling: 'merge', replaceUrl: 'q' in change });
  }

  protected again(): void {
    this.known.again();
    this.next.again();
    this.shows.again();
  }

  protected genreNames(movie: Movie): string {
    const genres = this.known.value()?.genres ?? [];
    return movie.genres.map((slug) => genres.find((genre) => genre.slug === slug)?.name ?? slug).join(', ');
  }
}
