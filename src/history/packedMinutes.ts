/** Packs the minutes of one subject. */
import type { BitWriter } from './bitStream';
import { readNumbers, writeNumbers, type SignificantBits } from './packedNumbers';
import { shortestDecimal } from './roundToSingle';
import { packSlots, slotReader, type PackedSlots } from './packedSlots';

/** Minutes of a chunk. */
export const minutesPerChunk = 60;
/** Mean, lowest, highest. Single precision: seven digits are enough to read, in half the memory. */
export const columnsPerMinute = 3;
/** Numbers of a slot in a chunk. */
export const cellsPerSlot = minutesPerChunk * columnsPerMinute;

/** What a minute has. A gap begins in a minute without a mean whose lowest is Infinity. */
const state = { nothing: 0, gap: 1, spread: 2, mean: 3 } as const;

function stateOf(mean: number, low: number, high: number): number {
  if (Number.isNaN(mean)) return low === Infinity ? state.gap : state.nothing;
  return Number.isNaN(low) && Number.isNaN(high) ? state.mean : state.spread;
}

/** Packs cells: slot by slot, within a slot minute by minute. They are rounded to `digits`. */
export function packMinutes(cells: Float32Array, slots: number, digits: SignificantBits): PackedSlots {
  return packSlots(slots, (slot, writer) =>
    writeSlot(cells.subarray(slot * cellsPerSlot, (slot + 1) * cellsPerSlot), writer, digits),
  );
}

function writeSlot(cells: Float32Array, writer: BitWriter, digits: SignificantBits): void {
  const states: number[] = [];
  const means: number[] = [];
  const lows: number[] = [];
  const highs: number[] = [];
  /** Means of the minutes with a spread. */
  const references: number[] = [];
  for (let index = 0; index < cellsPerSlot; index += columnsPerMinute) {
    const [mean, low, high] = [cells[index] ?? NaN, cells[index + 1] ?? NaN, cells[index + 2] ?? NaN];
    const current = stateOf(mean, low, high);
    states.push(current);
    if (current < state.spread) continue;
    means.push(mean);
    if (current !== state.spread) continue;
    lows.push(low);
    highs.push(high);
    references.push(mean);
  }
  if (states.every((one) => one === state.nothing)) return;
  const isComplete = lows.length === minutesPerChunk;
  writer.write(isComplete ? 1 : 0, 1);
  if (!isComplete) for (const one of states) writer.write(one, 2);
  writeNumbers(writer, means, digits);
  writeNumbers(writer, lows, digits, references);
  writeNumbers(writer, highs, digits, references);
}

/** Reads the cells of a slot, rounded ones as short decimal numbers; undefined if it has none. */
export function unpackMinutes(packed: PackedSlots, slot: number, digits: SignificantBits): Float32Array | undefined {
  const reader = slotReader(packed, slot);
  if (!reader) return undefined;
  const isComplete = reader.read(1) === 1;
  const states = Array.from({ length: minutesPerChunk }, () => (isComplete ? state.spread : reader.read(2)));
  const count = (wanted: (one: number) => boolean): number =>
    states.reduce((sum, one) => sum + (wanted(one) ? 1 : 0), 0);
  const means = readNumbers(
    reader,
    count((one) => one >= state.spread),
    digits,
  );
  const references: number[] = [];
  let next = 0;
  for (const one of states) {
    if (one === state.spread) references.push(means[next] ?? NaN);
    if (one >= state.spread) next += 1;
  }
  const lows = readNumbers(reader, references.length, digits, references);
  const highs = readNumbers(reader, references.length, digits, references);
  const cells = new Float32Array(cellsPerSlot).fill(NaN);
  let mean = 0;
  let spread = 0;
  for (const [minute, one] of states.entries()) {
    const index = minute * columnsPerMinute;
    if (one === state.gap) cells[index + 1] = Infinity;
    if (one >= state.spread) cells[index] = shortestDecimal(means[mean++] ?? NaN, digits);
    if (one !== state.spread) continue;
    cells[index + 1] = shortestDecimal(lows[spread] ?? NaN, digits);
    cells[index + 2] = shortestDecimal(highs[spread++] ?? NaN, digits);
  }
  return cells;
}
