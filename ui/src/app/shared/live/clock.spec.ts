import { TestBed } from '@angular/core/testing';

import { Clock } from './clock';

describe('the server\'s time', () => {
  const server = '2026-11-20T10:00:00Z';
  const clock = () => TestBed.inject(Clock);
  const off = () => Math.abs(clock().now() - Date.parse(server));

  it('is learnt from an answer', () => {
    clock().learn(new Date(server).toUTCString(), 20);
    expect(off()).toBeLessThan(1500);
  });

  it('is not learnt from an answer that took long, or tells none', () => {
    clock().learn(new Date(server).toUTCString(), 5000);
    clock().learn(null, 20);
    clock().learn('nonsense', 20);
    expect(Math.abs(clock().now() - Date.now())).toBeLessThan(100);
  });
});
