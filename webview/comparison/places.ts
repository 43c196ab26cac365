/** Finds places on the axis of lines, which are not equally far apart. Pure. */
import { firstIndexFrom } from '../../src/shared/chartData';

/** The index of the place nearest to `at`; 0 if there are none. Places ascend. */
export function nearestIndex(places: readonly number[], at: number): number {
  const after = firstIndexFrom(places, at);
  const [before, next] = [places[after - 1] ?? -Infinity, places[after] ?? Infinity];
  if (places.length === 0) return 0;
  return at - before <= next - at ? after - 1 : after;
}

/** How far a place is along the axis: 0 at the first one, 1 at the last one. */
export function shareOf(places: readonly number[], index: number): number {
  const [first = 0, last = 0] = [places[0], places.at(-1)];
  return last > first ? ((places[index] ?? first) - first) / (last - first) : 0;
}

/** Page Up and Page Down move by this part of all places. */
const pageShare = 1 / 10;

/** The index to which a key of a slider moves, within `count` places; undefined if it is no such key. */
export function indexAfterKey(key: string, index: number, count: number): number | undefined {
  const page = Math.max(1, Math.round(count * pageShare));
  const targets: Partial<Record<string, number>> = {
    ArrowRight: index + 1,
    ArrowUp: index + 1,
    ArrowLeft: index - 1,
    ArrowDown: index - 1,
    PageUp: index + page,
    PageDown: index - page,
    Home: 0,
    End: count - 1,
  };
  const target = Object.hasOwn(targets, key) ? targets[key] : undefined;
  return target === undefined ? undefined : Math.max(0, Math.min(count - 1, target));
}
