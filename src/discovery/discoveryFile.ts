/**
 * Ray's service-discovery file on the head node, which Ray rewrites every 5 s and leaves behind when the cluster stops.
 */
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { asObject } from '../shared/json';
import { rayTarget, type Target } from './targets';

const fileName = 'prom_metrics_service_discovery.json';
/** Six missed rewrites: the cluster has ended. */
const staleAfterMs = 30_000;

/** A service-discovery file that could be read. */
export interface DiscoveryFile {
  path: string;
  /** Modification time of the file that the symbolic link leads to, Unix ms. */
  writtenAt: number;
  /** Whether it is recent enough to be trusted. */
  isFresh: boolean;
  /** Name of the Ray session whose folder the symbolic link leads into; missing if the file is not in one. */
  session?: string;
  targets: Target[];
}

/** RAY_TMPDIR is the folder above `ray`, but `--temp-dir`, which people also put there, is Ray's folder itself. */
function discoveryFilePaths(environment: Record<string, string | undefined>): string[] {
  const temporary = environment['RAY_TMPDIR'];
  return temporary
    ? [path.join(temporary, 'ray', fileName), path.join(temporary, fileName)]
    : [path.join('/tmp/ray', fileName)];
}

/**
 * The targets of a service-discovery list (`[{labels, targets: ["host:port"]}]`). Entries of another shape are left
 * out. Throws a TypeError if it is not a list.
 */
export function parseDiscoveryList(list: unknown, source: 'file' | 'dashboard'): Target[] {
  if (!Array.isArray(list)) throw new TypeError('the service-discovery list is not a list');
  return list
    .flatMap((group: unknown) => asObject(group)['targets'] ?? [])
    .filter((address) => typeof address === 'string')
    .flatMap((address) => rayTarget(address, source) ?? []);
}

/**
 * The newest service-discovery file on this machine; undefined if none can be read. `now` is Unix ms. Never rejects.
 */
export async function readDiscoveryFile(
  environment: Record<string, string | undefined>,
  now: number,
): Promise<DiscoveryFile | undefined> {
  const files = await Promise.all(discoveryFilePaths(environment).map((file) => readFileAt(file, now)));
  return files.filter((file) => file !== undefined).sort((a, b) => b.writtenAt - a.writtenAt)[0];
}

async function readFileAt(file: string, now: number): Promise<DiscoveryFile | undefined> {
  try {
    // stat, not lstat: the link is as old as the session.
    const [{ mtimeMs }, realPath, text] = await Promise.all([stat(file), realpath(file), readFile(file, 'utf8')]);
    const session = /[\\/](session_[^\\/]+)[\\/]/.exec(realPath)?.[1];
    return {
      path: file,
      writtenAt: mtimeMs,
      isFresh: now - mtimeMs <= staleAfterMs,
      targets: parseDiscoveryList(JSON.parse(text), 'file'),
      ...(session !== undefined && { session }),
    };
  } catch {
    return undefined;
  }
}
