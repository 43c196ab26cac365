/** The incremental reader against the reference parser, over scrapes that change, in chunks of any size. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { feed, newReader, readByReference, toComparable } from '../unit/exposition/readerHelpers';
import { withLineFeeds } from '../unit/exposition/referenceParser';
import { editLines, lineEdits, lines, type LineEdit } from './expositionLines';
import type { FuzzTarget } from './fuzzTarget';

interface Scrapes {
  lines: string[];
  edits: LineEdit[][];
  chunkBytes: number;
  /** The last line has no line feed. */
  isOpen: boolean;
  lineEnd?: string;
  /** Lines are held whole as long as the reader holds less text than this. */
  wholeBytes: number;
}

function check({ lines: first, edits, chunkBytes, isOpen, lineEnd = '\n', wholeBytes }: Scrapes): void {
  const reader = newReader(wholeBytes);
  let current = first;
  for (const changes of [[], ...edits, []]) {
    current = editLines(current, changes);
    const body = Buffer.from(current.join(lineEnd) + (isOpen ? '' : lineEnd), 'utf8');
    const chunks = Array.from({ length: Math.ceil(body.length / chunkBytes) }, (_, index) =>
      body.subarray(index * chunkBytes, (index + 1) * chunkBytes),
    );
    assert.deepEqual(toComparable(feed(reader, ...chunks)), toComparable(readByReference(body)));
    assert.ok(withLineFeeds(body).equals(reader.lastBody));
  }
}

export const readerTarget: FuzzTarget<Scrapes> = {
  name: 'reader',
  about: 'the incremental reader against the reference parser',
  inputs: fc.record({
    lines: fc.array(lines, { maxLength: 40 }),
    edits: fc.array(lineEdits, { maxLength: 4 }),
    chunkBytes: fc.oneof(fc.constant(65_536), fc.integer({ min: 1, max: 300 })),
    isOpen: fc.boolean(),
    lineEnd: fc.constantFrom('\n', '\n', '\r\n'),
    wholeBytes: fc.oneof(fc.constantFrom(0, Infinity), fc.integer({ min: 1, max: 2_000 })),
  }),
  check,
  lineCount: ({ lines: { length }, edits }) => length * (edits.length + 2),
  shortCases: 400,
};
