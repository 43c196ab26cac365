/** Where a replay reads a capture from: a folder that `SkyRL: Record Scrapes` filled, or one file that holds it all. */
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { maxBodyBytes } from '../http/responseBody';
import { readRegularFile } from '../shared/readRegularFile';
import { captureIndexFile, parseCaptureIndex, type CaptureEntry } from './captureFiles';

const gunzipAsync = promisify(gunzip);

/** Far above the index of the longest recording. */
const maxIndexBytes = 64 * 2 ** 20;

/** The files of a capture. */
export interface CaptureSource {
  /** The folder, or a name for people. */
  name: string;
  /** Rejects with a message for people if there is no valid index. */
  readIndex(): Promise<CaptureEntry[]>;
  /** The body in a file that the index names, as the target sent it. Rejects if it cannot be read. */
  readBody(file: string): Promise<Buffer>;
  /** An answer of the dashboard (`0001-timer-version.json`). Rejects if the capture does not have it. */
  readAnswer(file: string): Promise<Buffer>;
}

/** A capture in a folder, which anyone may have made. */
export function folderSource(folder: string): CaptureSource {
  // A link in a folder that someone else made could lead anywhere.
  const readFile = async (file: string, maxBytes: number): Promise<Buffer> =>
    (await readRegularFile(path.join(folder, file), { maxBytes, followsLinks: false })).bytes;
  return {
    name: folder,
    readIndex: async () => parseCaptureIndex(await readFile(captureIndexFile, maxIndexBytes)),
    readBody: async (file) => {
      const bytes = await readFile(file, maxBodyBytes);
      return file.endsWith('.gz') ? gunzipAsync(bytes, { maxOutputLength: maxBodyBytes }) : bytes;
    },
    readAnswer: (file) => readFile(file, maxBodyBytes),
  };
}
