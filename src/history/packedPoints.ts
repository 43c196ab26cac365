/** Packs the points of one subject. */
import type { BitReader, BitWriter } from './bitStream';
import { readNumbers, writeNumbers, type SignificantBits } from './packedNumbers';
import { packSlots, slotReader, type PackedSlots } from './packedSlots';

const countBits = 8;
const slotBits = 16;
/** Slots beyond are packed with their own times. */
const maxSharedSlot = 2 ** slotBits - 1;

/** The points of one slot, ascending in time: columns of equal length. */
export interface PointColumns {
  /** Offsets from the base of a chunk, in ms. */
  at: readonly number[];
  value: readonly number[];
  /** Both undefined if there is no spread. */
  low: readonly number[] | undefined;
  high: readonly number[] | undefined;
}

/**
 * Packs the points of slots, their values rounded to `digits`. Most series of a subject have points at the same times,
 * which are packed once.
 */
export function packPoints(columns: readonly PointColumns[], digits: SignificantBits): PackedSlots {
  const slotByTimes = new Map<string, number>();
  return packSlots(columns.length, (slot, writer) => {
    const { at, value, low, high } = columns[slot] as PointColumns;
    if (at.length === 0) return;
    writer.write(at.length, countBits);
    const key = at.join();
    const shared = slotByTimes.get(key);
    writer.write(shared === undefined ? 0 : 1, 1);
    if (shared !== undefined) writer.write(shared, slotBits);
    else {
      if (slot <= maxSharedSlot) slotByTimes.set(key, slot);
      writeTimes(writer, at);
    }
    for (const column of [value, low, high]) if (column) writeNumbers(writer, column, digits);
  });
}

/** Reads the points of a slot; undefined if it has none. */
export function unpackPoints(
  packed: PackedSlots,
  slot: number,
  digits: SignificantBits,
  hasSpread: boolean,
): PointColumns | undefined {
  const reader = slotReader(packed, slot);
  if (!reader) return undefined;
  const count = reader.read(countBits);
  const at = reader.read(1) === 0 ? readTimes(reader, count) : sharedTimes(packed, reader.read(slotBits));
  const column = (): number[] => readNumbers(reader, count, digits);
  return { at, value: column(), low: hasSpread ? column() : undefined, high: hasSpread ? column() : undefined };
}

function writeTimes(writer: BitWriter, at: readonly number[]): void {
  writeNumbers(writer, at.slice(0, 1), 53);
  writeNumbers(
    writer,
    at.slice(1).map((time, index) => time - (at[index] ?? 0)),
    53,
  );
}

function readTimes(reader: BitReader, count: number): number[] {
  let time = readNumbers(reader, 1, 53)[0] ?? 0;
  return [time, ...readNumbers(reader, count - 1, 53).map((step) => (time += step))];
}

function sharedTimes(packed: PackedSlots, slot: number): number[] {
  const reader = slotReader(packed, slot);
  if (!reader) return [];
  const count = reader.read(countBits);
  reader.read(1);
  return readTimes(reader, count);
}
