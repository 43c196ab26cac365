/**
 * The form of the files. Each minute's append is a head, eight bytes that name the form and its version, and records, each with its length and checksum
 * before it: a torn tail costs only the tail, and damage only what is left of its minute. A record is a JSON header and a column of numbers, deflated.
 */
import { promisify } from 'node:util';
import { crc32, deflateRaw, inflateRaw } from 'node:zlib';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

export const fileMagic: Uint8Array = Buffer.from('SKYRLH1\n', 'latin1');
/** Length and checksum, both 32-bit, little-endian. */
const prefixBytes = 8;
/** No record of a minute comes near it. */
const maxEntryBytes = 64 * 2 ** 20;

export interface DecodedEntry {
  header: unknown;
  body: ArrayBuffer;
}

/** One record as it stands in a file. */
export async function encodeEntry(header: unknown, body: Float64Array | Float32Array): Promise<Buffer> {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const payload = await deflate(
    Buffer.concat([length, text, Buffer.from(body.buffer, body.byteOffset, body.byteLength)]),
    { level: 3 },
  );
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32LE(payload.length, 0);
  prefix.writeUInt32LE(crc32(payload), 4);
  return Buffer.concat([prefix, payload]);
}

/** A record's header and numbers. Rejects where it does not hold what its length says. */
export async function decodeEntry(payload: Uint8Array): Promise<DecodedEntry> {
  const bytes = await inflate(payload, { maxOutputLength: maxEntryBytes });
  const end = 4 + bytes.readUInt32LE(0);
  if (end > bytes.length) throw new Error('a header longer than its record');
  const body = new Uint8Array(bytes.subarray(end));
  return { header: JSON.parse(bytes.toString('utf8', 4, end)) as unknown, body: body.buffer };
}

/** `torn`: the file ends within a record. `corrupt`: something in its middle is not what was written. `foreign`: it is no such file, or of another version. */
export type FileFault = 'torn' | 'corrupt' | 'foreign';

/** The records of a file that are whole, still deflated, and what is wrong with the others: what is broken costs all up to the next head. */
export function splitEntries(file: Uint8Array): { payloads: Uint8Array[]; fault?: FileFault } {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const payloads: Uint8Array[] = [];
  let fault: FileFault | undefined;
  let at = 0;
  while (at < bytes.length) {
    if (bytes.subarray(at, at + fileMagic.length).equals(fileMagic)) {
      at += fileMagic.length;
      continue;
    }
    const payload = at === 0 ? undefined : readEntryAt(bytes, at);
    if (payload) {
      payloads.push(payload);
      at += prefixBytes + payload.length;
      continue;
    }
    const next = bytes.indexOf(fileMagic, at);
    if (next < 0) return { payloads, fault: fault ?? (at === 0 && !startsLikeMagic(bytes) ? 'foreign' : 'torn') };
    fault = 'corrupt';
    at = next;
  }
  return { payloads, ...(fault && { fault }) };
}

function readEntryAt(bytes: Buffer, at: number): Uint8Array | undefined {
  const start = at + prefixBytes;
  if (start > bytes.length) return undefined;
  const length = bytes.readUInt32LE(at);
  if (length > maxEntryBytes || start + length > bytes.length) return undefined;
  const payload = bytes.subarray(start, start + length);
  return crc32(payload) === bytes.readUInt32LE(at + 4) ? payload : undefined;
}

const startsLikeMagic = (bytes: Buffer): boolean =>
  bytes.length < fileMagic.length && bytes.equals(fileMagic.subarray(0, bytes.length));
