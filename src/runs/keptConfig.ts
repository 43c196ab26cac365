/** The effective config of a run as it is kept: text that a later edit does not change, without secrets. */
import { createHash } from 'node:crypto';
import { effectiveEntries, type EffectiveEntry } from '../config/effectiveConfig';
import type { SkyrlRelease } from '../config/skyrlRelease';
import type { RunConfig } from '../config/types';
import { portablePath } from '../shared/portablePath';
import type { KeptConfig, KeptConfigEntry } from './run';

/** Longer values, such as a prompt, are cut. */
export const maxValueLength = 2_000;

/** What a config is kept with. */
export interface ConfigToKeep {
  config: RunConfig;
  /** The release of SkyRL in use; undefined if no file says it. */
  release: SkyrlRelease | undefined;
  /** Path of the file, relative to its workspace folder; absolute if it is outside of the workspace. */
  file: string;
  /** Unix ms. */
  readAt: number;
  /** When the file was last written, Unix ms; undefined if unknown. */
  writtenAt: number | undefined;
  /** When the first engine started, Unix ms; undefined if unknown. */
  startedAt: number | undefined;
}

/** The clocks of the cluster and of the config's file system may differ by as much, in ms. */
const clockSkewMs = 60_000;

/** A cut value still differs from another one with the same beginning. */
function cutValue(value: string): string {
  if (value.length <= maxValueLength) return value;
  const hash = createHash('sha256').update(value).digest('hex').slice(0, 8);
  return `${value.slice(0, maxValueLength)}… (${value.length} characters, ${hash})`;
}

const toKeptEntry = ({ key, value, line, isDefault, unknownBecause }: EffectiveEntry): KeptConfigEntry => ({
  key,
  value: cutValue(value),
  ...(line !== undefined && { line }),
  ...(isDefault && { isDefault }),
  ...(unknownBecause !== undefined && { unknownBecause }),
});

/** The config to keep. */
export function keptConfig({ config, release, file, readAt, writtenAt, startedAt }: ConfigToKeep): KeptConfig {
  const isEdited = writtenAt !== undefined && startedAt !== undefined && writtenAt > startedAt + clockSkewMs;
  return {
    file: portablePath(file),
    readAt,
    ...(isEdited && { editedAfterStart: true }),
    entries: effectiveEntries({ config, release }).map(toKeptEntry),
  };
}

/** The run's own name by its config; undefined if it has none, or if that is decided elsewhere. Secrets are masked. */
export function runNameOf({ entries }: KeptConfig): string | undefined {
  const entry = entries.find(({ key }) => key === 'trainer.run_name');
  if (!entry || entry.isDefault || entry.unknownBecause !== undefined) return undefined;
  const name = parseValue(entry.value);
  return (typeof name === 'string' || typeof name === 'number') && name !== '' ? String(name) : undefined;
}

function parseValue(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // A value that was cut.
    return undefined;
  }
}

/** Whether two configs differ in a value that both know, or in a key that only one of them has. */
export function isOtherConfig(one: KeptConfig, other: KeptConfig): boolean {
  if (one.entries.length !== other.entries.length) return true;
  const entries = new Map(one.entries.map((entry) => [entry.key, entry]));
  return other.entries.some(({ key, value, unknownBecause }) => {
    const entry = entries.get(key);
    if (!entry) return true;
    return entry.unknownBecause === undefined && unknownBecause === undefined && entry.value !== value;
  });
}
