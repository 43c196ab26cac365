/**
 * The binary format of history files. Each append begins with a magic number that names format and version, followed by
 * entries. An entry has its length and checksum in front, so that an incomplete tail costs only the tail, and damage
 * costs only the rest of its append. Its payload is a JSON header and a column of numbers, deflated.
 */
import { promisify } from 'node:util';
import { crc32, deflateRaw, inflateRaw } from 'node:zlib';

const deflateAsync = promisify(deflateRaw);
const inflateAsync = promisify(inflateRaw);

/** The magic number at the beginning of each append. */
export const fileMagic: Uint8Array = Buffer.from('SKYRLH1\n', 'latin1');
/** Length and checksum of a payload, both 32 bit, little-endian. */
const prefixBytes = 8;
/** Far more than an entry of one minute has. */
const maxEntryBytes = 64 * 2 ** 20;

interface DecodedEntry {
  header: unknown;
  body: ArrayBuffer;
}

/** Encodes one entry as bytes of a file. */
export async function encodeEntry(header: unknown, body: Float64Array | Float32Array): Promise<Buffer> {
  const headerBytes = Buffer.from(JSON.stringify(header));
  const headerLength = Buffer.alloc(4);
  headerLength.writeUInt32LE(headerBytes.length);
  const payload = await deflateAsync(
    Buffer.concat([headerLength, headerBytes, Buffer.from(body.buffer, body.byteOffset, body.byteLength)]),
    { level: 3 },
  );
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32LE(payload.length, 0);
  prefix.writeUInt32LE(crc32(payload), 4);
  return Buffer.concat([prefix, payload]);
}

/** Decodes the payload of an entry. Rejects if it is not one. */
export async function decodeEntry(payload: Uint8Array): Promise<DecodedEntry> {
  const bytes = await inflateAsync(payload, { maxOutputLength: maxEntryBytes });
  const headerEnd = 4 + bytes.readUInt32LE(0);
  if (headerEnd > bytes.length) throw new Error('a header longer than its entry');
  const body = new Uint8Array(bytes.subarray(headerEnd));
  return { header: JSON.parse(bytes.toString('utf8', 4, headerEnd)) as unknown, body: body.buffer };
}

/**
 * `torn`: the file ends within an entry. `corrupt`: something before its end is damaged. `foreign`: another format or
 * version.
 */
type FileFault = 'torn' | 'corrupt' | 'foreign';

/** The payloads of the intact entries of a file, and its fault. Damage is skipped up to the next magic number. */
export function splitEntries(file: Uint8Array): { payloads: Uint8Array[]; fault?: FileFault } {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const payloads: Uint8Array[] = [];
  let fault: FileFault | undefined;
  let offset = 0;
  while (offset < bytes.length) {
    if (bytes.subarray(offset, offset + fileMagic.length).equals(fileMagic)) {
      offset += fileMagic.length;
      continue;
    }
    const payload = offset === 0 ? undefined : readPayload(bytes, offset);
    if (payload) {
      payloads.push(payload);
      offset += prefixBytes + payload.length;
      continue;
    }
    const next = bytes.indexOf(fileMagic, offset);
    if (next < 0) return { payloads, fault: fault ?? (offset === 0 && !isPartOfMagic(bytes) ? 'foreign' : 'torn') };
    fault = 'corrupt';
    offset = next;
  }
  return { payloads, ...(fault && { fault }) };
}

/** The payload of the entry at an offset; undefined if it is incomplete or its checksum is wrong. */
function readPayload(bytes: Buffer, offset: number): Uint8Array | undefined {
  const start = offset + prefixBytes;
  if (start > bytes.length) return undefined;
  const length = bytes.readUInt32LE(offset);
  if (length > maxEntryBytes || start + length > bytes.length) return undefined;
  const payload = bytes.subarray(start, start + length);
  return crc32(payload) === bytes.readUInt32LE(offset + 4) ? payload : undefined;
}

/** Whether a file is so short that its first append was torn within the magic number. */
const isPartOfMagic = (bytes: Buffer): boolean =>
  bytes.length < fileMagic.length && bytes.equals(fileMagic.subarray(0, bytes.length));
