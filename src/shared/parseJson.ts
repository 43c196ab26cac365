/** Parses JSON from outside: in slices, so that a large text blocks nothing, and to a limited depth. */
import { runInSlices, type SlicedWork } from './timeSlice';

/** Deepest nesting that is read: Ray, vLLM and Prometheus nest up to ten levels, and code that walks JSON recurses. */
export const maxJsonDepth = 128;

/** Longest text, number or run of blanks, in bytes: it is parsed at once, with what is around it. Real ones have some thousand. */
export const maxJsonPieceBytes = 8 * 2 ** 20;

/** Most members of one list or object: the tables of larger ones grow in steps that block. A cluster has 10,000 actors. */
export const maxJsonMembers = 250_000;

/** The JSON is beyond a limit. `message` completes "The JSON is …". */
export class JsonLimitError extends Error {}

/** Members are parsed in pieces of about this length: a fraction of a millisecond each. */
const usualPieceBytes = 64 * 1024;

const [quote, backslash, comma, openList, closeList, openObject, closeObject] = Buffer.from('"\\,[]{}');

/** A list or an object that was not closed yet. */
interface Container {
  isList: boolean;
  /** Offset of its bracket. */
  start: number;
  /** Where the text begins that was not parsed yet. */
  pending: number;
  /** Offset of its last comma; -1: none yet. */
  lastComma: number;
  /** The members so far, once they are parsed in pieces. */
  members?: unknown[] | Record<string, unknown>;
  /** How many they are. */
  count: number;
  /** The key of the member that is parsed in pieces. */
  openKey: string;
  /** A member that was parsed in pieces ends before `pending`, so that only a comma or the end may follow. */
  isAfterMember: boolean;
}

/** The text between two offsets. */
function pieceAt(buffer: Buffer, from: number, to: number): string {
  if (to - from > maxJsonPieceBytes)
    throw new JsonLimitError(`one value without a comma for over ${maxJsonPieceBytes / 2 ** 20} MiB`);
  return buffer.toString('utf8', from, to);
}

function requireBlank(buffer: Buffer, from: number, to: number): void {
  if (from < to && !/^[ \t\r\n]*$/.test(pieceAt(buffer, from, to))) throw new SyntaxError('A comma is missing.');
}

function countMembers(container: Container, more: number): void {
  container.count += more;
  if (container.count > maxJsonMembers)
    throw new JsonLimitError(`a list of over ${maxJsonMembers.toLocaleString('en-US')} items`);
}

function setMember(members: Record<string, unknown>, key: string, value: unknown): void {
  // An assignment would set the prototype, while JSON.parse makes a key of it.
  if (key === '__proto__')
    Object.defineProperty(members, key, { value, writable: true, enumerable: true, configurable: true });
  else members[key] = value;
}

/** Parses the members from `pending` to `to` and adds them. */
function takeMembers(buffer: Buffer, container: Container, to: number): void {
  const piece = pieceAt(buffer, container.pending, to);
  container.members ??= container.isList ? [] : {};
  const { members } = container;
  if (Array.isArray(members)) {
    const more = JSON.parse(`[${piece}]`) as unknown[];
    if (more.length === 0) throw new SyntaxError('There is nothing between two commas.');
    countMembers(container, more.length);
    for (const value of more) members.push(value);
  } else {
    const more = Object.entries(JSON.parse(`{${piece}}`) as Record<string, unknown>);
    if (more.length === 0) throw new SyntaxError('There is nothing between two commas.');
    countMembers(container, more.length);
    for (const [key, value] of more) setMember(members, key, value);
  }
}

/** Parses what is before an inner container, up to its key, so that it can be parsed in pieces as well. */
function openMember(buffer: Buffer, container: Container, { start }: Container): void {
  if (container.isAfterMember) throw new SyntaxError('A comma is missing.');
  if (container.lastComma >= container.pending) {
    takeMembers(buffer, container, container.lastComma);
    container.pending = container.lastComma + 1;
  }
  container.members ??= container.isList ? [] : {};
  if (container.isList) requireBlank(buffer, container.pending, start);
  else
    container.openKey = Object.keys(JSON.parse(`{${pieceAt(buffer, container.pending, start)}[]}`) as object)[0] ?? '';
}

/** Adds a member that was parsed in pieces and ends before `end`. */
function closeMember(container: Container, value: unknown, end: number): void {
  countMembers(container, 1);
  if (Array.isArray(container.members)) container.members.push(value);
  else if (container.members) setMember(container.members, container.openKey, value);
  container.isAfterMember = true;
  container.pending = end;
}

/** Takes the members before a comma of the innermost container, whose outer ones are then parsed in pieces, too. */
function* takePiece(buffer: Buffer, open: readonly Container[], container: Container, at: number): SlicedWork<void> {
  if (container.isAfterMember) requireBlank(buffer, container.pending, at);
  else {
    for (const [index, inner] of open.entries()) {
      const outer = open[index - 1];
      if (!outer || inner.members) continue;
      openMember(buffer, outer, inner);
      yield;
    }
    takeMembers(buffer, container, at);
  }
  container.isAfterMember = false;
  container.pending = at + 1;
}

/** Takes the last members of a container that is parsed in pieces. */
function takeLast(buffer: Buffer, container: Container, at: number): void {
  if (container.isAfterMember) requireBlank(buffer, container.pending, at);
  else takeMembers(buffer, container, at);
}

/**
 * The value of a JSON text in UTF-8, the same as that of `JSON.parse`. Throws a SyntaxError, or a JsonLimitError if it is
 * nested too deep or one value is too long.
 */
export function* jsonWork(bytes: Uint8Array, pieceBytes = usualPieceBytes): SlicedWork<unknown> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const open: Container[] = [];
  let root: { value: unknown; end: number } | undefined;
  let isInText = false;
  let pauseAt = pieceBytes;
  for (let at = 0; at < buffer.length; at++) {
    if (at >= pauseAt) {
      yield;
      pauseAt = at + pieceBytes;
    }
    const byte = buffer[at];
    if (isInText) {
      if (byte === backslash) at++;
      else if (byte === quote) isInText = false;
    } else if (byte === quote) isInText = true;
    else if (byte === comma) {
      const container = open.at(-1);
      if (!container) continue;
      container.lastComma = at;
      if (container.isAfterMember || at - container.pending >= pieceBytes)
        yield* takePiece(buffer, open, container, at);
    } else if (byte === openList || byte === openObject) {
      if (open.length >= maxJsonDepth) throw new JsonLimitError(`nested more than ${maxJsonDepth} levels deep`);
      const isList = byte === openList;
      open.push({ isList, start: at, pending: at + 1, lastComma: -1, count: 0, openKey: '', isAfterMember: false });
    } else if (byte === closeList || byte === closeObject) {
      const container = open.pop();
      if (container?.isList !== (byte === closeList)) throw new SyntaxError('The brackets do not match.');
      if (!container.members) continue;
      takeLast(buffer, container, at);
      const outer = open.at(-1);
      if (outer) closeMember(outer, container.members, at + 1);
      else {
        requireBlank(buffer, root?.end ?? 0, container.start);
        root ??= { value: container.members, end: at + 1 };
      }
    }
  }
  if (open.length > 0 || isInText) throw new SyntaxError('The text broke off.');
  if (!root) return JSON.parse(pieceAt(buffer, 0, buffer.length)) as unknown;
  requireBlank(buffer, root.end, buffer.length);
  return root.value;
}

/** Parses JSON in slices of about 8 ms. Rejects with what `jsonWork` throws. */
export const parseJson = (bytes: Uint8Array): Promise<unknown> => runInSlices(jsonWork(bytes));
