/** Where the families of an exposition's text are, for editors. */

/** A family: its comments and samples, which follow each other. */
export interface FamilyRange {
  /** As in its comments; without any, the name of its samples. */
  name: string;
  type: string | undefined;
  help: string | undefined;
  unit: string | undefined;
  /** First and last line, from 0. */
  from: number;
  to: number;
  samples: number;
}

const comment = /^#\s+(HELP|TYPE|UNIT)\s+(\S+)(?:\s+(.*))?$/;
const sampleName = /^(?:\{\s*"((?:[^"\\]|\\.)*)"|([a-zA-Z_:][\w:]*))/;
const suffix = /_(?:bucket|sum|count|total|created|info|gsum|gcount)$/;

/** The name that a line's sample has; undefined for a comment, an empty line, and what is no sample. */
export function sampleNameOf(line: string): string | undefined {
  const match = sampleName.exec(line);
  return match?.[1] ?? match?.[2];
}

/** The families in order. Text that is no exposition has none. */
export function familyRanges(text: string): FamilyRange[] {
  const families: FamilyRange[] = [];
  let current: FamilyRange | undefined;
  const open = (name: string, line: number): FamilyRange => {
    const family = { name, type: undefined, help: undefined, unit: undefined, from: line, to: line, samples: 0 };
    families.push(family);
    return family;
  };
  for (const [number, raw] of text.split('\n').entries()) {
    const line = raw.trimEnd();
    const [, keyword, declared, value] = comment.exec(line) ?? [];
    if (keyword !== undefined && declared !== undefined) {
      if (current?.name !== declared) current = open(declared, number);
      if (keyword === 'TYPE') current.type = value;
      else if (keyword === 'HELP') current.help = value;
      else current.unit = value;
      current.to = number;
      continue;
    }
    const name = sampleNameOf(line);
    if (name === undefined) continue;
    if (current?.name !== name && current?.name !== name.replace(suffix, '')) current = open(name, number);
    current.samples += 1;
    current.to = number;
  }
  return families;
}
