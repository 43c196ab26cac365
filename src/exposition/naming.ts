/** Whose family a line is of, asked once a name. Lines of one family stand together, so a line is first compared with the name before. */
import { metricName } from './types';

/** `none`: a quoted name stands inside the braces, and what is no name makes a bad line; the grammar tells. */
export type Naming = 'wanted' | 'unwanted' | 'none';

const openBrace = 0x7b;
const space = 0x20;

/** Where a bare metric name ends; searched by the engine's own code, which is fast from the first line on. */
function nameEnd(bytes: Buffer, start: number, end: number): number {
  const brace = bytes.indexOf(openBrace, start);
  const blank = bytes.indexOf(space, start);
  return Math.min(end, brace === -1 ? end : brace, blank === -1 ? end : blank);
}

export class Namings {
  /** Of the line read last, and where it ends in the body. */
  name = '';
  end = 0;
  private naming: Naming = 'none';
  private characters = Buffer.alloc(0);
  private readonly known = new Map<string, Naming>();

  constructor(private readonly wanted: (name: string) => boolean) {}

  /** Reads the name that the line `bytes[start, end)` begins with. */
  read(bytes: Buffer, start: number, end: number): Naming {
    if (this.isSame(bytes, start, end)) return this.naming;
    this.end = nameEnd(bytes, start, end);
    const name = bytes.toString('latin1', start, this.end);
    const naming = this.known.get(name) ?? (!metricName.test(name) ? 'none' : this.wanted(name) ? 'wanted' : 'unwanted');
    // What is no name need not come again, and could be anything.
    if (naming !== 'none') this.known.set(name, naming);
    this.name = name;
    this.naming = naming;
    this.characters = Buffer.from(naming === 'none' ? '' : name, 'latin1');
    return naming;
  }

  private isSame(bytes: Buffer, start: number, end: number): boolean {
    const { characters } = this;
    const { length } = characters;
    const stop = start + length;
    if (length === 0 || stop >= end || (bytes[stop] !== openBrace && bytes[stop] !== space)) return false;
    // From its end: names of one exporter begin alike.
    for (let at = length - 1; at >= 0; at -= 1) if (bytes[start + at] !== characters[at]) return false;
    this.end = stop;
    return true;
  }
}
