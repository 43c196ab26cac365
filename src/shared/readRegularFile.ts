/** Reads small files whose path is from outside: a pipe must not be waited for, and nothing endless be read. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** A file's text, and when it was written in Unix ms. */
export interface RegularFile {
  text: string;
  writtenAt: number;
}

/**
 * The text of a file of at most `maxBytes`; a symbolic link is followed. Rejects if there is none, if it is larger, or
 * if it is a pipe, a device or a folder.
 */
export async function readRegularFile(file: string, maxBytes: number): Promise<RegularFile> {
  // Without this flag, opening a pipe that nothing writes to would wait for ever. Windows has neither.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Error(`${file} is not a file`);
    if (stats.size > maxBytes) throw new Error(`${file} is larger than ${maxBytes} bytes`);
    return { text: await handle.readFile('utf8'), writtenAt: stats.mtimeMs };
  } finally {
    await handle.close();
  }
}
