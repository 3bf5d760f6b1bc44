/** What has to be known of a seat to say who sits beside it. */
export interface Place {
  seat: string;
  row: string;
  x: number;
  y: number;
}

/** A room, and which of its seats are free. */
export interface Room {
  seats: Place[];
  isFree: (name: string) => boolean;
}

function beside(room: Room, place: Place): Place[] {
  return room.seats.filter((other) => other.y === place.y && Math.abs(other.x - place.x) === 1);
}

/**
 * The free seats that a choice leaves alone: with a free one beside them before, and with none after. Nobody buys such a seat.
 * The same rule as `left_alone` of the catalogue, which the best seats are found by.
 */
export function leftAlone(room: Room, chosen: string[]): string[] {
  if (chosen.length === 0) return [];
  const picked = new Set(chosen);
  const rows = new Set(room.seats.filter((place) => picked.has(place.seat)).map((place) => place.y));
  const stays = (place: Place) => room.isFree(place.seat) && !picked.has(place.seat);
  const alone = room.seats.filter((place) => {
    if (!rows.has(place.y) || !stays(place)) return false;
    const neighbours = beside(room, place);
    return neighbours.some((other) => room.isFree(other.seat)) && !neighbours.some(stays);
  });
  return alone.map((place) => place.seat);
}

/** As many seats of the same row, as near as can be, that leave nobody alone; nothing where there are none or the choice is in pieces. */
export function shifted(room: Room, chosen: string[]): string[] | undefined {
  const picked = new Set(chosen);
  const places = room.seats.filter((place) => picked.has(place.seat));
  const [first] = places;
  if (!first || !isTogether(places)) return undefined;
  const row = room.seats.filter((place) => place.y === first.y).sort((a, b) => a.x - b.x);
  const windows = row.map((_, index) => row.slice(index, index + places.length));
  const possible = windows.filter((window) => window.length === places.length && isTogether(window) && window.every((place) => room.isFree(place.seat)));
  const distance = (window: Place[]) => Math.abs((window[0]?.x ?? 0) - first.x);
  const good = possible.filter((window) => leftAlone(room, window.map((place) => place.seat)).length === 0);
  return good.sort((a, b) => distance(a) - distance(b))[0]?.map((place) => place.seat);
}

function isTogether(places: Place[]): boolean {
  const sorted = [...places].sort((a, b) => a.x - b.x);
  return sorted.every((place, index) => index === 0 || (place.y === sorted[0]?.y && place.x === (sorted[index - 1]?.x ?? 0) + 1));
}

/** The next seat from one in a direction, over aisles and walkways; the same one at the edge. */
export function next<P extends Place>(seats: P[], from: P, key: string): P {
  const row = seats.filter((place) => place.y === from.y).sort((a, b) => a.x - b.x);
  const at = row.indexOf(from);
  switch (key) {
    case 'ArrowLeft':
      return row[at - 1] ?? from;
    case 'ArrowRight':
      return row[at + 1] ?? from;
    case 'Home':
      return row[0] ?? from;
    case 'End':
      return row.at(-1) ?? from;
    case 'ArrowUp':
    case 'ArrowDown': {
      const rows = [...new Set(seats.map((place) => place.y))].sort((a, b) => a - b);
      const y = rows[rows.indexOf(from.y) + (key === 'ArrowUp' ? -1 : 1)];
      const there = seats.filter((place) => place.y === y);
      return there.sort((a, b) => Math.abs(a.x - from.x) - Math.abs(b.x - from.x))[0] ?? from;
    }
    default:
      return from;
  }
}
