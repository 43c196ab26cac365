/** Reads files whose path is from outside: a pipe must not be waited for, and nothing endless be read. */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

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

const chunkBytes = 256 * 1024;

/** Opens a file. Rejects as `readRegularFile`. */
async function openRegularFile(
  file: string,
  { maxBytes, followsLinks = true }: ReadOptions,
): Promise<{ handle: FileHandle; writtenAt: number }> {
  // Without O_NONBLOCK, opening a pipe that nothing writes to would wait for ever.
  const linkFlag = followsLinks ? 0 : flag(constants.O_NOFOLLOW);
  const handle = await open(file, constants.O_RDONLY | flag(constants.O_NONBLOCK) | linkFlag).catch(
    (error: NodeJS.ErrnoException) => {
      throw error.code === 'ELOOP' && !followsLinks ? new Error(`${file} is a link, which is not followed`) : error;
    },
  );
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Error(`${file} is not a file`);
    if (stats.size > maxBytes) throw new Error(`${file} is larger than ${maxBytes} bytes`);
    return { handle, writtenAt: stats.mtimeMs };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The bytes of a file in chunks, which are new arrays. Rejects as `readRegularFile`, also if the file grows beyond. */
export async function* readRegularFileChunks(file: string, options: ReadOptions): AsyncGenerator<Uint8Array> {
  const { handle } = await openRegularFile(file, options);
  try {
    for (let read = 0; ;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunkBytes));
      if (bytesRead === 0) return;
      read += bytesRead;
      if (read > options.maxBytes) throw new Error(`${file} is larger than ${options.maxBytes} bytes`);
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** The file. Rejects if there is none, if it is too large, or if it is a pipe, a device, a folder, or a refused link. */
export async function readRegularFile(file: string, options: ReadOptions): Promise<RegularFile> {
  const { handle, writtenAt } = await openRegularFile(file, options);
  try {
    return { bytes: await handle.readFile(), writtenAt };
  } finally {
    await handle.close();
  }
}
