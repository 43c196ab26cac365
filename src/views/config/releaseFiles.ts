/** Reads the files of a project's folder that say which SkyRL it uses. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { ReleaseFiles, SkyrlRelease } from '../../config/skyrlRelease';

/** Larger files are none that Python's tools wrote. SkyRL's own uv.lock has 2 MB. */
const mostBytes = 30_000_000;

async function readText(file: string): Promise<string | undefined> {
  try {
    const info = await stat(file);
    return info.isFile() && info.size <= mostBytes ? await readFile(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** The METADATA of an installed SkyRL: below `.venv/lib/python3.12/site-packages`, on Windows `.venv/Lib/site-packages`. */
async function readMetadata(folder: string): Promise<string | undefined> {
  const venv = join(folder, '.venv');
  const pythons = (await names(join(venv, 'lib'))).filter((name) => /^python\d/.test(name));
  const places = [
    join(venv, 'Lib', 'site-packages'),
    ...pythons.map((name) => join(venv, 'lib', name, 'site-packages')),
  ];
  for (const place of places) {
    const installed = (await names(place)).find((name) => /^skyrl-[^-]+\.dist-info$/i.test(name));
    if (installed) return readText(join(place, installed, 'METADATA'));
  }
  return undefined;
}

/** What the files of one folder hold. */
export async function readReleaseFiles(folder: string): Promise<ReleaseFiles> {
  const [metadata, uvLock, pyproject] = await Promise.all([
    readMetadata(folder),
    readText(join(folder, 'uv.lock')),
    readText(join(folder, 'pyproject.toml')),
  ]);
  return { metadata, uvLock, pyproject };
}

/** The folders from a file's own up to `top`; only its own if it is not below `top`. */
function foldersUpTo(file: string, top: string): string[] {
  const own = dirname(file);
  const below = relative(top, own);
  if (below === '') return [own];
  const parts = below.split(sep);
  if (parts[0] === '..' || isAbsolute(below)) return [own];
  return parts.map((_, index) => join(top, ...parts.slice(0, parts.length - index))).concat(top);
}

/**
 * The release of SkyRL of the project around a file: by the nearest folder that says one, from the file's own up to `top`.
 * Undefined if none does.
 */
export async function findRelease(file: string, top: string): Promise<SkyrlRelease | undefined> {
  for (const folder of foldersUpTo(file, top)) {
    const files = await readReleaseFiles(folder);
    if (Object.values(files).every((text) => text === undefined)) continue;
    // It brings a reader of TOML, which a project without such a file does not need.
    const { skyrlRelease } = await import('../../config/skyrlRelease');
    const found = skyrlRelease(files);
    if (found !== undefined) return found;
  }
  return undefined;
}
