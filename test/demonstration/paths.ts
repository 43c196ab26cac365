/** Where the repository is, wherever a bundle of this program lies. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The nearest folder at or above `from` that has a `package.json`. */
export function repositoryRoot(from: string = __dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Error(`no package.json at or above ${from}`);
  }
}

/** A file or folder of `test/fixtures`. */
export function fixturePath(...parts: string[]): string {
  return join(repositoryRoot(), 'test', 'fixtures', ...parts);
}
