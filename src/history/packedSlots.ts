/** Packed data of all slots of a chunk in one typed array, from which each can be read alone. */
import { BitReader, BitWriter } from './bitStream';

const offsetBytes = 4;
/** Of an array and its buffer in the heap, about. */
const arrayOverheadBytes = 250;

/** Packed slots. At the beginning is the offset of each; 0 if it has no data. Slots with equal data share it. */
export type PackedSlots = Uint8Array;

/** Packs slots. `writeSlot` adds the data of one, or nothing if it has none. */
export function packSlots(slots: number, writeSlot: (slot: number, writer: BitWriter) => void): PackedSlots {
  const writer = new BitWriter();
  const headBytes = slots * offsetBytes;
  const offsets: number[] = [];
  const startsByLength = new Map<number, number[]>();
  for (let slot = 0; slot < slots; slot++) {
    const start = writer.bytes;
    writeSlot(slot, writer);
    writer.align();
    const length = writer.bytes - start;
    if (length === 0) {
      offsets.push(0);
      continue;
    }
    const starts = startsByLength.get(length) ?? [];
    startsByLength.set(length, starts);
    const data = writer.view(start);
    const equal = starts.find((other) => areEqual(writer.view(other, other + length), data));
    if (equal === undefined) starts.push(start);
    else writer.truncate(start);
    offsets.push(headBytes + (equal ?? start));
  }
  const packed = new Uint8Array(headBytes + writer.bytes);
  packed.set(writer.view(0), headBytes);
  const head = new DataView(packed.buffer);
  for (const [slot, offset] of offsets.entries()) head.setUint32(slot * offsetBytes, offset, true);
  return packed;
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

/** A reader of a slot's data; undefined if it has none. */
export function slotReader(packed: PackedSlots, slot: number): BitReader | undefined {
  const offset = new DataView(packed.buffer).getUint32(slot * offsetBytes, true);
  return offset === 0 ? undefined : new BitReader(packed, offset);
}

/** Removes a slot's data; others may share it. */
export function removeSlot(packed: PackedSlots, slot: number): void {
  new DataView(packed.buffer).setUint32(slot * offsetBytes, 0, true);
}

/** What packed slots need in memory. */
export const bytesOf = (packed: PackedSlots): number => packed.byteLength + arrayOverheadBytes;
