import { inject, Injectable, LOCALE_ID } from '@angular/core';

/** An amount in minor units. */
export interface Money {
  amount: number;
  currency: string;
}

/** Numbers and moments as people here read them. Moments are told by the clock of the theater, never by that of the device. */
@Injectable({ providedIn: 'root' })
export class Format {
  private readonly locale = inject(LOCALE_ID).startsWith('de') ? 'de-DE' : 'en-GB';
  private readonly formats = new Map<string, Intl.DateTimeFormat>();

  money({ amount, currency }: Money): string {
    const format = new Intl.NumberFormat(this.locale, { style: 'currency', currency });
    const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
    return format.format(amount / 10 ** digits);
  }

  /** 20:15. */
  time(moment: string, zone: string): string {
    return this.date(moment, zone, { hour: '2-digit', minute: '2-digit' });
  }

  /** Friday, 20 November. */
  day(moment: string, zone: string): string {
    return this.date(moment, zone, { weekday: 'long', day: 'numeric', month: 'long' });
  }

  /** Fri, 20 Nov, 20:15. */
  short(moment: string, zone: string): string {
    return this.date(moment, zone, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  }

  /** The parts of a day such as 2026-11-20 that a calendar leaf shows. */
  leaf(day: string): { weekday: string; number: string; full: string } {
    const noon = `${day}T12:00:00Z`;
    return {
      weekday: this.date(noon, 'UTC', { weekday: 'short' }),
      number: this.date(noon, 'UTC', { day: 'numeric' }).replace('.', ''),
      full: this.day(noon, 'UTC'),
    };
  }

  /** A list of words: A1, A2 and A3. */
  list(words: string[]): string {
    return new Intl.ListFormat(this.locale, { type: 'conjunction' }).format(words);
  }

  private date(moment: string, zone: string, options: Intl.DateTimeFormatOptions): string {
    const key = zone + JSON.stringify(options);
    let format = this.formats.get(key);
    if (!format) {
      format = new Intl.DateTimeFormat(this.locale, { timeZone: zone, ...options });
      this.formats.set(key, format);
    }
    return format.format(new Date(moment));
  }
}

/** The day on the clock of a zone, such as 2026-11-20. */
export function dayIn(zone: string, milliseconds: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(milliseconds);
}

/** So many days from a day on, that day first. */
export function daysFrom(day: string, count: number): string[] {
  const noon = Date.parse(`${day}T12:00:00Z`);
  return Array.from({ length: count }, (_, index) => new Date(noon + index * 86_400_000).toISOString().slice(0, 10));
}

/** 4:07. */
export function minutes(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
