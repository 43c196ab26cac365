/** Values as written, before `${…}` is resolved: the form that every kind of config file is read into. */
import type { Note } from './mappedText';
import type { ConfigFinding, LocatedValue } from './types';

/** A written value, with what the shell's expansion left to say about it. */
export interface RawValue extends LocatedValue {
  note?: Note;
}

/** The written values of one config by nested key, and findings about how they are written. */
export interface RawValues {
  values: Map<string, RawValue>;
  /** Every key in the file's spelling, including those that another spelling replaced. */
  spellings: Set<string>;
  findings: ConfigFinding[];
}

/** An empty set of written values. */
export function createRawValues(): RawValues {
  return { values: new Map(), spellings: new Set(), findings: [] };
}

/** Most values of one config; real ones have a few hundred. Beyond it the file is an alias bomb or not a config. */
export const maxValues = 20_000;
/** Deepest nesting of a config; real ones have six levels. */
export const maxKeyDepth = 64;

/** Thrown while reading when the file cannot be a config; `findings` say why. */
export class UnreadableConfigError extends Error {
  constructor(readonly findings: ConfigFinding[]) {
    super(findings[0]?.message ?? 'unreadable');
  }
}
