/** Line ends of CR LF, which some proxies and servers on Windows write, as line feeds. */
import { carriageReturn, lineFeed } from './characterCodes';

/**
 * Removes the carriage return before each line feed of one body. Python's parser reads such a body, Prometheus refuses
 * it; as nothing in the format has a carriage return before a line feed, no number depends on it.
 */
export class CarriageReturns {
  /** Whether any was removed. */
  hasRemoved = false;
  /** The chunk before ended with one. */
  private isOpen = false;

  /** The next chunk of the body with line feeds; the chunk itself if it has no carriage return. */
  remove(chunk: Uint8Array): Uint8Array {
    if (!this.isOpen && !chunk.includes(carriageReturn)) return chunk;
    const text = new Uint8Array(chunk.byteLength + 1);
    let end = 0;
    if (this.isOpen && chunk.byteLength > 0) {
      if (chunk[0] !== lineFeed) text[end++] = carriageReturn;
      else this.hasRemoved = true;
      this.isOpen = false;
    }
    let from = 0;
    for (let at = chunk.indexOf(carriageReturn); at !== -1; at = chunk.indexOf(carriageReturn, at + 1)) {
      this.isOpen = at === chunk.byteLength - 1;
      const isLineEnd = chunk[at + 1] === lineFeed;
      if (!isLineEnd && !this.isOpen) continue;
      this.hasRemoved ||= isLineEnd;
      text.set(chunk.subarray(from, at), end);
      end += at - from;
      from = at + 1;
    }
    text.set(chunk.subarray(from), end);
    return text.subarray(0, end + chunk.byteLength - from);
  }

  /** What is left at the end of the body. */
  rest(): Uint8Array {
    return this.isOpen ? Uint8Array.of(carriageReturn) : new Uint8Array(0);
  }
}
