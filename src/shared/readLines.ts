/** Reads the lines of a file that may be long, piece by piece. */

/** A line is longer than may be. */
export class LineTooLongError extends Error {}

const lineFeed = 10;

/**
 * The lines of UTF-8 bytes, without their line ends (`\n` or `\r\n`). Throws a LineTooLongError for one of over
 * `maxBytes`.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<string> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  const hold = (piece: Uint8Array): void => {
    length += piece.length;
    if (length > maxBytes) throw new LineTooLongError(`a line has over ${maxBytes} bytes`);
    pieces.push(piece);
  };
  const take = (): string => {
    const text = Buffer.concat(pieces).toString('utf8');
    pieces = [];
    length = 0;
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, from)) {
      hold(chunk.subarray(from, end));
      yield take();
      from = end + 1;
    }
    if (from < chunk.length) hold(chunk.subarray(from));
  }
  if (length > 0) yield take();
}
