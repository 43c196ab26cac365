/**
 * Ray's service-discovery file on the head node, which Ray rewrites every 5 s and leaves behind when the cluster stops.
 */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { asObject } from '../shared/json';
import { parseJson } from '../shared/parseJson';
import { readRegularFile } from '../shared/readRegularFile';
import { runInSlices, type SlicedWork } from '../shared/timeSlice';
import { hintOf, type ScriptHint } from './scriptHints';
import { rayTarget, type Target } from './targets';

const fileName = 'prom_metrics_service_discovery.json';
/** Six missed rewrites: the cluster has ended. */
const staleAfterMs = 30_000;
/** Between two pauses: about a millisecond. */
const addressesPerPause = 1_000;
/** Far above the list of a large cluster. */
const maxFileBytes = 16 * 2 ** 20;

/** Who named the folder of the file: a person, the script in use, or neither: then it is Ray's default folder. */
type FileOrigin = 'RAY_TMPDIR' | 'script' | 'default';

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
  origin: FileOrigin;
  /** The line of the script that names the folder. */
  hint?: ScriptHint;
}

/** Where a file may be, and who says so. */
type FilePlace = Pick<DiscoveryFile, 'path' | 'origin' | 'hint'>;

/**
 * A folder in a script that may be read: an absolute path, and none to another machine, which Windows would sign in to.
 */
const isLocalFolder = (folder: string): boolean => path.isAbsolute(folder) && !/^[\\/]{2}/.test(folder);

/** RAY_TMPDIR is the folder above `ray`, but `--temp-dir`, which people also put there, is Ray's folder itself. */
const pathsBelow = (folder: string): string[] => [path.join(folder, 'ray', fileName), path.join(folder, fileName)];

/** A folder that is named replaces the default one: a file there would be of another cluster. */
function discoveryFilePlaces(
  environment: Record<string, string | undefined>,
  hints: readonly ScriptHint[],
): FilePlace[] {
  const named = environment['RAY_TMPDIR'];
  if (named) return pathsBelow(named).map((file) => ({ path: file, origin: 'RAY_TMPDIR' }));
  const [above, itself] = [hintOf(hints, 'RAY_TMPDIR'), hintOf(hints, '--temp-dir')];
  const hinted: FilePlace[] = [
    ...(above && isLocalFolder(above.value)
      ? pathsBelow(above.value).map((file) => ({ path: file, hint: above }))
      : []),
    ...(itself && isLocalFolder(itself.value) ? [{ path: path.join(itself.value, fileName), hint: itself }] : []),
  ].map((place) => ({ ...place, origin: 'script' }));
  return hinted.length > 0 ? hinted : [{ path: path.join('/tmp/ray', fileName), origin: 'default' }];
}

/**
 * The targets of a service-discovery list (`[{labels, targets: ["host:port"]}]`). Entries of another shape are left
 * out. Throws a TypeError if it is not a list.
 */
export function* parseDiscoveryList(list: unknown, source: 'file' | 'dashboard'): SlicedWork<Target[]> {
  if (!Array.isArray(list)) throw new TypeError('the service-discovery list is not a list');
  const targets: Target[] = [];
  let count = 0;
  for (const group of list as unknown[]) {
    const addresses = asObject(group)['targets'];
    for (const address of Array.isArray(addresses) ? (addresses as unknown[]) : []) {
      const target = typeof address === 'string' ? rayTarget(address, source) : undefined;
      if (target) targets.push(target);
      if (++count % addressesPerPause === 0) yield;
    }
  }
  return targets;
}

/**
 * The newest service-discovery file on this machine, in the folder of RAY_TMPDIR, else in those that the script names,
 * else in Ray's default folder; undefined if none can be read. `now` is Unix ms. Never rejects.
 */
export async function readDiscoveryFile(
  environment: Record<string, string | undefined>,
  now: number,
  hints: readonly ScriptHint[] = [],
): Promise<DiscoveryFile | undefined> {
  const files = await Promise.all(discoveryFilePlaces(environment, hints).map((place) => readFileAt(place, now)));
  return files.filter((file) => file !== undefined).sort((a, b) => b.writtenAt - a.writtenAt)[0];
}

async function readFileAt(place: FilePlace, now: number): Promise<DiscoveryFile | undefined> {
  try {
    // The age is that of the file that a link leads to: the link is as old as the session.
    const [{ bytes, writtenAt }, realPath] = await Promise.all([
      readRegularFile(place.path, { maxBytes: maxFileBytes }),
      realpath(place.path),
    ]);
    const session = /[\\/](session_[^\\/]+)[\\/]/.exec(realPath)?.[1];
    return {
      ...place,
      writtenAt,
      isFresh: now - writtenAt <= staleAfterMs,
      targets: await runInSlices(parseDiscoveryList(await parseJson(bytes), 'file')),
      ...(session !== undefined && { session }),
    };
  } catch {
    return undefined;
  }
}
