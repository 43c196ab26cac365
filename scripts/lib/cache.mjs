/** Downloads that are kept: made in a folder beside their place and moved there whole, so a half one is never met. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { atEnd } from './cleanup.mjs';
import { npm } from './npm.mjs';
import { cacheDir } from './paths.mjs';
import { run } from './processes.mjs';
import { megabytes, reporting } from './progress.mjs';

const abandonedMs = 3_600_000;

/**
 * The folder `name` of the cache, made by `make` when it is not there.
 * @param {string} name with its version, e.g. `code-server-4.139.1`
 * @param {(temporary: string) => Promise<string>} make works inside `temporary` and returns the folder to keep
 * @returns {Promise<string>}
 */
export async function cached(name, make) {
  const place = join(cacheDir(), name);
  if (existsSync(place)) return place;
  await mkdir(cacheDir(), { recursive: true });
  await removeAbandoned();
  const temporary = await mkdtemp(join(cacheDir(), '.making-'));
  const remove = () => rm(temporary, { recursive: true, force: true });
  const forget = atEnd(remove);
  try {
    const made = await make(temporary);
    await rename(made, place).catch((error) => {
      // Another run may have been faster; its folder is as good.
      if (!existsSync(place)) throw error;
    });
    return place;
  } finally {
    forget();
    await remove();
  }
}

/**
 * Downloads an npm package and unpacks it into `folder/package`, without its dependencies and scripts.
 * @param {string} spec e.g. `code-server@4.139.1`
 * @param {string} folder
 * @param {(detail: string) => void} report
 * @param {string} size of the download, e.g. `about 100 MB`
 */
export async function unpack(spec, folder, report, size) {
  // A cache of this download alone shows how far it is; npm prints nothing meanwhile.
  const npmCache = join(folder, 'npm-cache');
  const pack = ['pack', spec, '--loglevel=error', '--cache', npmCache, '--pack-destination', folder];
  await reporting(
    async () => report(`${megabytes(await bytesIn(npmCache))} of ${size}`),
    () => npm(pack, { cwd: folder, timeoutMs: 300_000 }),
  );
  report('unpacking');
  const archive = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
  if (!archive) throw new Error(`npm pack ${spec} left no archive`);
  const result = await run('tar', ['-xzf', archive], { cwd: folder, timeoutMs: 120_000 });
  if (result.code !== 0) throw new Error(`unpacking ${spec} failed: ${result.output.trim()}`);
  return join(folder, 'package');
}

/** The size of all files in a folder, which may change meanwhile. @param {string} folder */
async function bytesIn(folder) {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0;
  }
  return bytes;
}

/** What a killed run left behind; a young one may still be at work. */
async function removeAbandoned() {
  for (const name of await readdir(cacheDir())) {
    const path = join(cacheDir(), name);
    if (name.startsWith('.making-') && Date.now() - (await stat(path)).mtimeMs > abandonedMs) {
      await rm(path, { recursive: true, force: true });
    }
  }
}
