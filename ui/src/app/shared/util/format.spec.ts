import { LOCALE_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { dayIn, daysFrom, Format, minutes } from './format';

function format(locale: string): Format {
  TestBed.resetTestingModule();
  TestBed.configureTestingModule({ providers: [{ provide: LOCALE_ID, useValue: locale }] });
  return TestBed.inject(Format);
}

describe('numbers and moments', () => {
  it('money has the digits of its currency', () => {
    expect(format('en').money({ amount: 1190, currency: 'EUR' })).toBe('€11.90');
    expect(format('en').money({ amount: 1190, currency: 'JPY' })).toBe('JP¥1,190');
    expect(format('de').money({ amount: 1190, currency: 'EUR' })).toMatch(/^11,90\s€$/);
  });

  it('times are those of the theater, whatever the device thinks', () => {
    expect(format('en').time('2026-11-20T22:30:00Z', 'Europe/Helsinki')).toBe('00:30');
    expect(format('en').day('2026-11-20T22:30:00Z', 'Europe/Helsinki')).toContain('21 November');
    expect(dayIn('Europe/Helsinki', Date.parse('2026-11-20T22:30:00Z'))).toBe('2026-11-21');
  });

  it('days go on over the end of a month', () => {
    expect(daysFrom('2026-11-29', 3)).toEqual(['2026-11-29', '2026-11-30', '2026-12-01']);
  });

  it.each([
    [300_000, '5:00'],
    [61_001, '1:02'],
    [900, '0:01'],
    [0, '0:00'],
    [-5000, '0:00'],
  ])('%d milliseconds are %s', (left, text) => {
    expect(minutes(left)).toBe(text);
  });
});
