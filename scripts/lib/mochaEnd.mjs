/** Says where and how mocha's process ended, for runs that end before they write results. */
import { readFile } from 'node:fs/promises';

/**
 * The line that mocha's process keeps in a file: the test that begins, and the memory it holds then.
 * @param {string} title of the test
 * @param {number} bytes resident
 */
export function currentLine(title, bytes) {
  return `"${title}", with ${Math.round(bytes / 1e6)} MB in memory`;
}

/**
 * @param {{ code: number | undefined, signal?: NodeJS.Signals, timedOut: boolean }} result of mocha's process
 * @param {string} currentFile holds the last `currentLine`
 * @returns {Promise<string>} e.g. `mocha wrote no results: it was ended by SIGKILL in or after the test "…"`
 */
export async function describeEnd({ code, signal, timedOut }, currentFile) {
  const how = timedOut
    ? 'it reached its deadline'
    : signal
      ? `it was ended by ${signal}`
      : `it ended with code ${code}`;
  const where = await readFile(currentFile, 'utf8').catch(() => undefined);
  return `mocha wrote no results: ${how} ${where === undefined ? 'before its first test' : `in or after the test ${where}`}`;
}
