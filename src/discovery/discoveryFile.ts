/** Ray's service-discovery file: on the head node, rewritten every 5 s while the dashboard runs, left behind when the cluster stops. */
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { rayTarget, type Target } from './targets';

const fileName = 'prom_metrics_service_discovery.json';
/** Six missed rewrites: the cluster is gone. */
const staleAfterMs = 30_000;

export interface DiscoveryFile {
  path: string;
  /** Of the file the symlink leads to, Unix ms. */
  writtenAt: number;
  isFresh: boolean;
  /** Name of the Ray session whose folder the symlink leads into; undefined where it is an ordinary file. */
  session?: string;
  targets: Target[];
}

/** Ray puts a folder `ray` into RAY_TMPDIR; `--temp-dir` names Ray's folder itself. */
function discoveryFilePaths(environment: Record<string, string | undefined>): string[] {
  const moved = environment['RAY_TMPDIR'];
  return moved ? [path.join(moved, 'ray', fileName), path.join(moved, fileName)] : [path.join('/tmp/ray', fileName)];
}

/** The targets in a service-discovery list (`[{labels, targets: ["host:port"]}]`). Throws where it is of another shape. */
export function parseDiscoveryList(list: unknown, source: 'file' | 'dashboard'): Target[] {
  if (!Array.isArray(list)) throw new TypeError('the service-discovery list is not a list');
  const addresses = list.flatMap((group: unknown) => (group as { targets?: unknown } | null)?.targets ?? []);
  return addresses
    .filter((address) => typeof address === 'string')
    .flatMap((address) => rayTarget(address, source) ?? []);
}

/** The newest of the files there are, or undefined where there is none that can be read. `now` is Unix ms. */
export async function readDiscoveryFile(
  environment: Record<string, string | undefined>,
  now: number,
): Promise<DiscoveryFile | undefined> {
  const found = await Promise.all(discoveryFilePaths(environment).map((place) => readOne(place, now)));
  return found.filter((file) => file !== undefined).sort((a, b) => b.writtenAt - a.writtenAt)[0];
}

async function readOne(place: string, now: number): Promise<DiscoveryFile | undefined> {
  try {
    // stat, not lstat: the link itself is as old as the session.
    const [{ mtimeMs }, real, text] = await Promise.all([stat(place), realpath(place), readFile(place, 'utf8')]);
    const session = /[\\/](session_[^\\/]+)[\\/]/.exec(real)?.[1];
    const targets = parseDiscoveryList(JSON.parse(text), 'file');
    return {
      path: place,
      writtenAt: mtimeMs,
      isFresh: now - mtimeMs <= staleAfterMs,
      targets,
      ...(session !== undefined && { session }),
    };
  } catch {
    return undefined;
  }
}
