/** Finds programs on PATH. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];

/**
 * @param {string} name of the program, without a suffix
 * @returns {string | undefined} its absolute path, or undefined if it is not on PATH
 */
export function which(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    for (const suffix of suffixes) {
      const path = join(folder, name + suffix);
      if (isExecutable(path)) return path;
    }
  }
  return undefined;
}

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
