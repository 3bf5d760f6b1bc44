import { TestBed } from '@angular/core/testing';

import type { Seat } from '../data/room';
import { SeatMap } from './seat-map';

const seat = (row: string, number: number, type = 'standard') =>
  ({ seat: `${row}${String(number)}`, row, number, x: number, y: row.charCodeAt(0), type, state: 'free', price: { amount: 1190, currency: 'EUR' } }) satisfies Seat;

describe('the map of seats', () => {
  async function draw() {
    const picked: string[] = [];
    const fixture = TestBed.createComponent(SeatMap);
    fixture.componentRef.setInput('seats', [seat('A', 1, 'accessible'), seat('A', 2), seat('B', 1), seat('B', 2, 'premium')]);
    fixture.componentRef.setInput('state', (name: string) => (name === 'B1' ? 'sold' : 'free'));
    fixture.componentRef.setInput('chosen', ['A2']);
    fixture.componentInstance.picked.subscribe(({ seat: name }) => picked.push(name));
    await fixture.whenStable();
    const cell = (name: string) => (fixture.nativeElement as HTMLElement).querySelector<SVGElement>(`[data-seat="${name}"]`)!;
    return { cell, picked, fixture };
  }

  it('names each seat by row, number, type, price and state', async () => {
    const { cell } = await draw();
    expect(cell('A1').getAttribute('aria-label')).toBe('Row A, seat 1, Wheelchair place, €11.90, free');
    expect(cell('B1').getAttribute('aria-label')).toContain('sold');
    expect(cell('B1').getAttribute('aria-disabled')).toBe('true');
    expect(cell('A2').getAttribute('aria-selected')).toBe('true');
  });

  it('has one seat in the tab order, which the arrow keys move', async () => {
    const { cell, fixture, picked } = await draw();
    const inOrder = () => [...(fixture.nativeElement as HTMLElement).querySelectorAll('[role=gridcell][tabindex="0"]')].map((one) => one.getAttribute('data-seat'));
    expect(inOrder()).toEqual(['A2']);
    cell('A2').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
    await fixture.whenStable();
    expect(inOrder()).toEqual(['B2']);
    cell('B2').dispatchEvent(new KeyboardEvent('keydown', { key: ' ', bubbles: true }));
    expect(picked).toEqual(['B2']);
  });
});
