/** Paths of the repository, independent of where this code is bundled to. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The nearest folder at or above `from` that has a `package.json`. Throws if there is none. */
export function repositoryRoot(from: string = __dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Error(`no package.json at or above ${from}`);
  }
}

/** The path of a file or folder in `test/fixtures`. */
export function fixturePath(...names: string[]): string {
  return join(repositoryRoot(), 'test', 'fixtures', ...names);
}
