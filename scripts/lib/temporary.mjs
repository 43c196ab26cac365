/** Folders that are removed at the end of this process. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from './cleanup.mjs';

/** @param {string} prefix short: sockets are made in some of them, and their paths have a limit of about 100 characters */
export async function temporaryDir(prefix) {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  atEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
