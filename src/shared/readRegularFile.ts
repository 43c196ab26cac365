/** Reads files whose path is from outside: a pipe must not be waited for, and nothing endless be read. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** A file's content, and when it was written in Unix ms. */
export interface RegularFile {
  bytes: Buffer;
  writtenAt: number;
}

/** How a file is read. */
export interface ReadOptions {
  /** A larger file is not read. */
  maxBytes: number;
  /** False: a symbolic link is refused, as in a folder that someone else may have filled. */
  followsLinks?: boolean;
}

/** A flag of the system's `open`; Windows has neither of those used here. */
const flag = (value: number | undefined): number => value ?? 0;

/** The file. Rejects if there is none, if it is too large, or if it is a pipe, a device, a folder, or a refused link. */
export async function readRegularFile(
  file: string,
  { maxBytes, followsLinks = true }: ReadOptions,
): Promise<RegularFile> {
  // Without O_NONBLOCK, opening a pipe that nothing writes to would wait for ever.
  const linkFlag = followsLinks ? 0 : flag(constants.O_NOFOLLOW);
  const handle = await open(file, constants.O_RDONLY | flag(constants.O_NONBLOCK) | linkFlag);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Error(`${file} is not a file`);
    if (stats.size > maxBytes) throw new Error(`${file} is larger than ${maxBytes} bytes`);
    return { bytes: await handle.readFile(), writtenAt: stats.mtimeMs };
  } finally {
    await handle.close();
  }
}
