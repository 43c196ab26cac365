/** What differs between the configs of runs, key by key. */
import { isMasked } from '../config/secrets';
import type { KeptConfig, KeptConfigEntry } from '../runs/run';
import type { ConfigCell, ConfigRow } from '../shared/comparison';

function cellOf(file: string, entry: KeptConfigEntry | undefined): ConfigCell | null {
  if (!entry) return null;
  const { value, isDefault } = entry;
  const unknownBecause = isMasked(value) ? 'secrets are not compared' : entry.unknownBecause;
  return {
    value,
    from: originOf(entry, file),
    ...(isDefault && { isDefault }),
    ...(unknownBecause !== undefined && { unknownBecause }),
  };
}

function originOf({ line, isDefault }: KeptConfigEntry, file: string): string {
  if (isDefault) return 'default';
  return line === undefined ? file : `${file}:${line}`;
}

/** Values are compared as text. A config that was never seen, and a value that is not known, differ from nothing. */
function stateOf(cells: readonly (ConfigCell | null)[], isSeen: readonly boolean[]): ConfigRow['state'] {
  const known = cells.filter((cell, index) => isSeen[index] && cell?.unknownBecause === undefined);
  if (new Set(known.map((cell) => cell?.value)).size > 1) return 'different';
  return cells.some((cell) => cell?.unknownBecause !== undefined) ? 'unknown' : 'equal';
}

/** Every key of any of the configs, in the order of the first one that has it; empty if fewer than two were seen. */
export function configRows(configs: readonly (KeptConfig | undefined)[]): ConfigRow[] {
  const seen = configs.filter((config) => config !== undefined);
  if (seen.length < 2) return [];
  const isSeen = configs.map((config) => config !== undefined);
  const keys = [...new Set(seen.flatMap(({ entries }) => entries.map(({ key }) => key)))];
  // Of a key that is there twice, the first entry counts, as in the list of keys.
  const entriesOf = configs.map(
    (config) => new Map(config?.entries.toReversed().map((entry) => [entry.key, entry] as const)),
  );
  return keys.map((key) => {
    const cells = configs.map((config, index) => (config ? cellOf(config.file, entriesOf[index]?.get(key)) : null));
    return { key, state: stateOf(cells, isSeen), cells };
  });
}
