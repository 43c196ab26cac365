/** A temporary folder for everything that this process starts, removed at its end with the processes that still use it. */
import { mkdtempSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from './waiting.mjs';

/**
 * Makes the folder and the programs that this process starts put their temporary files into it, whatever they are.
 * @returns {(politeMs?: number) => Promise<void>} removes it; processes that were asked to end get so much time
 */
export function openSessionFolder() {
  const names = process.platform === 'win32' ? ['TEMP', 'TMP'] : ['TMPDIR'];
  // Short: some programs make sockets below it, whose paths have a limit of about 100 characters.
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'sk-'));
  for (const name of names) process.env[name] = folder;
  return async (politeMs = 5000) => {
    // Daemons of a test end a moment after the test that started them.
    for (const end = Date.now() + politeMs; Date.now() < end && processesIn(folder).length > 0;) await sleep(50);
    // One of them may start another one before its turn comes.
    for (
      let left = processesIn(folder), round = 0;
      left.length > 0 && round < 20;
      left = processesIn(folder), round++
    ) {
      left.forEach(kill);
      await sleep(20);
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
}

/**
 * The other processes that got this folder from their parents, however long ago these ended.
 * @param {string} folder
 * @returns {number[]} their ids; none where the system does not tell
 */
export function processesIn(folder) {
  if (process.platform !== 'linux') return [];
  const mark = `TMPDIR=${folder}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => environmentOf(pid).includes(mark))
    .map(Number);
}

/** @param {string} pid @returns {string[]} empty if it has ended or is another user's */
function environmentOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    return [];
  }
}

/** @param {number} pid */
function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
