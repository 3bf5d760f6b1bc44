import { ChangeDetectionStrategy, Component, computed, effect, inject, input } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { Router, RouterLink } from '@angular/router';

import { Clock } from '../../../shared/live/clock';
import { Failed } from '../../../shared/ui/failed';
import { Icon } from '../../../shared/ui/icon';
import { Poster } from '../../../shared/ui/poster';
import { ask } from '../../../shared/util/ask';
import { dayIn, daysFrom } from '../../../shared/util/format';
import { Catalog, type Showtime } from '../data/catalog';
import { DayStrip } from '../ui/day-strip';
import { TimeLinks } from '../ui/time-links';

const DAYS = 14;

/** One film, and its showtimes of a day in every theater. */
@Component({
  imports: [DayStrip, Failed, Icon, Poster, RouterLink, TimeLinks],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './movie-page.html',
})
export class MoviePage {
  /** From the address. */
  readonly id = input.required<string>();
  readonly date = input<string>();

  private readonly catalog = inject(Catalog);
  private readonly router = inject(Router);
  private readonly clock = inject(Clock);
  private readonly title = inject(Title);

  protected readonly film = ask(
    () => this.id(),
    async (id) => {
      const [movie, genres, theaters, next] = await Promise.all([this.catalog.movie(id), this.catalog.genres(), this.catalog.theaters(), this.catalog.next({ movie: id })]);
      const names = movie.genres.map((slug) => genres.find((genre) => genre.slug === slug)?.name ?? slug);
      return { movie, genres: names.join(', '), theaters, next };
    },
  );
  private readonly zone = computed(() => this.film.value()?.theaters[0]?.time_zone ?? 'UTC');
  protected readonly today = computed(() => dayIn(this.zone(), this.clock.now()));
  /** From the first day on that it is shown. */
  protected readonly days = computed(() => {
    const next = this.film.value()?.next;
    return daysFrom(next ? dayIn(this.zone(), Date.parse(next)) : this.today(), DAYS);
  });
  protected readonly day = computed(() => {
    const wanted = this.date();
    return wanted && this.days().includes(wanted) ? wanted : (this.days()[0] ?? '');
  });
  protected readonly shows = ask(
    () => (this.film.value() ? `${this.id()} ${this.day()}` : undefined),
    (key, signal) => {
      const [movie = '', date = ''] = key.split(' ');
      return this.catalog.showtimes({ movie, date }, signal);
    },
  );
  /** By theater, then by hall. */
  protected readonly houses = computed(() => {
    const shows = this.shows.value() ?? [];
    const theaters = this.film.value()?.theaters ?? [];
    return theaters
      .map((theater) => ({ theater, halls: halls(shows.filter((show) => show.theater_id === theater.id)) }))
      .filter(({ halls }) => halls.length > 0);
  });

  constructor() {
    effect(() => {
      const movie = this.film.value()?.movie;
      if (movie) this.title.setTitle(`${movie.title} · Usher`);
    });
  }

  protected choose(date: string): void {
    void this.router.navigate([], { queryParams: { date }, queryParamsHandling: 'merge' });
  }
}

function halls(shows: Showtime[]): { name: string; shows: Showtime[] }[] {
  const names = [...new Set(shows.map((show) => show.screen_name))];
  return names.map((name) => ({ name, shows: shows.filter((show) => show.screen_name === name) }));
}
