/** Asserts that reading and fixing a config never throw, and that no range or edit leaves its text. */
import { strict as assert } from 'node:assert';
import { createEditableText } from '../../../src/config/edits';
import { configFindings } from '../../../src/config/findings';
import { fixesFor } from '../../../src/config/fixes';
import { readConfig } from '../../../src/config/readConfig';
import type { TextRange } from '../../../src/config/types';
import { home } from './support';

/** `file` decides the format. */
export async function assertReadable(file: string, text: string): Promise<void> {
  const { lines, offsetAt } = createEditableText(text);
  const inside = ({ startLine, startCharacter, endLine, endCharacter }: TextRange, what: string): void => {
    assert.ok(
      startLine >= 0 &&
        endLine < lines.length &&
        offsetAt(startLine, startCharacter) <= offsetAt(endLine, endCharacter),
      `${what} ${startLine}:${startCharacter}–${endLine}:${endCharacter}\n${text}`,
    );
    // A range may end behind the \r of a line end, which an editor takes for the end of the line.
    const length = (line: number): number =>
      (lines[line] ?? '').length + (text[offsetAt(line, (lines[line] ?? '').length)] === '\r' ? 1 : 0);
    assert.ok(
      startCharacter <= length(startLine) && endCharacter <= length(endLine),
      `${what} ${startLine}:${startCharacter}–${endLine}:${endCharacter}\n${text}`,
    );
  };
  const { config, findings } = await readConfig(text, { file, environment: home });
  const all = config ? [...findings, ...configFindings(config, home)] : findings;
  assert.ok(config !== undefined || findings.length > 0);
  for (const finding of all) inside(finding.range, finding.message);
  for (const { key, range } of config?.values.values() ?? []) inside(range, key);
  for (const finding of config ? all : [])
    for (const { title, edits } of config ? fixesFor(finding, config, text) : [])
      for (const edit of edits) inside(edit.range, title);
}
