import { leftAlone, next, type Place, type Room, shifted } from './seats';

/** A room of drawn rows: a letter is a free seat, `x` a taken one, a dot an aisle. */
function room(...rows: string[]): Room & { seats: Place[] } {
  const taken = new Set<string>();
  const seats = rows.flatMap((drawing, y) => {
    let number = 0;
    return [...drawing].flatMap((sign, x) => {
      if (sign === '.') return [];
      const row = String.fromCharCode(65 + y);
      const seat = `${row}${String(++number)}`;
      if (sign === 'x') taken.add(seat);
      return [{ seat, row, x, y }];
    });
  });
  return { seats, isFree: (name) => !taken.has(name) };
}

describe('seats that a choice leaves alone', () => {
  it('are those that had a free neighbour before and have none after', () => {
    expect(leftAlone(room('sssss'), ['A2', 'A3'])).toEqual(['A1']);
    expect(leftAlone(room('sssss'), ['A1', 'A2', 'A3'])).toEqual([]);
    expect(leftAlone(room('ss.ss'), ['A1'])).toEqual(['A2']);
  });

  it('are not those that were alone or taken before', () => {
    expect(leftAlone(room('xsxss'), ['A4', 'A5'])).toEqual([]);
    expect(leftAlone(room('xssss'), ['A2', 'A3'])).toEqual([]);
    expect(leftAlone(room('sss'), [])).toEqual([]);
  });

  it('are avoided a little to the side', () => {
    expect(shifted(room('ssss'), ['A2', 'A3'])).toEqual(['A1', 'A2']);
    expect(shifted(room('xssssss'), ['A3', 'A4'])).toEqual(['A2', 'A3']);
    expect(shifted(room('ssss'), ['A1', 'A3'])).toBeUndefined();
    expect(shifted(room('sss'), ['A2'])).toEqual(['A1']);
  });
});

describe('walking with the keys', () => {
  const { seats } = room('ss.ss', '.....', 's...s');
  const at = (name: string) => seats.find((place) => place.seat === name)!;
  it.each([
    ['A2', 'ArrowRight', 'A3'],
    ['A1', 'ArrowLeft', 'A1'],
    ['A3', 'Home', 'A1'],
    ['A1', 'End', 'A4'],
    ['A4', 'ArrowDown', 'C2'],
    ['C1', 'ArrowUp', 'A1'],
    ['C1', 'ArrowDown', 'C1'],
    ['C1', 'x', 'C1'],
  ])('from %s by %s to %s', (from, key, to) => {
    expect(next(seats, at(from), key).seat).toBe(to);
  });
});
