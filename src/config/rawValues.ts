/** Values as a file says them, before `${…}` is resolved: what every kind of config file is read into. */
import type { Note } from './mappedText';
import type { ConfigFinding, LocatedValue } from './types';

export interface RawValue extends LocatedValue {
  note?: Note;
}

/** Values by nested key, with what was odd about writing them. */
export interface RawValues {
  values: Map<string, RawValue>;
  /** Every key as the file spells it, those of values that another spelling replaced too. */
  spellings: Set<string>;
  findings: ConfigFinding[];
}

export function createRawValues(): RawValues {
  return { values: new Map(), spellings: new Set(), findings: [] };
}

/** More than any config has; what goes beyond is an alias bomb or not a config. */
export const maxValues = 20_000;
export const maxKeyDepth = 64;

/** The file cannot be read as a config; the findings say why. */
export class UnreadableConfigError extends Error {
  constructor(readonly findings: ConfigFinding[]) {
    super(findings[0]?.message ?? 'unreadable');
  }
}
