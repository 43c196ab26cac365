/** Reads every shape cut off and mangled: nothing throws, and no range or edit is outside the text. */
import { strict as assert } from 'node:assert';
import { readdirSync } from 'node:fs';
import { createEditableText } from '../../../src/config/edits';
import { configFindings } from '../../../src/config/findings';
import { fixesFor } from '../../../src/config/fixes';
import { readConfig } from '../../../src/config/readConfig';
import type { TextRange } from '../../../src/config/types';
import { randomOf } from '../support/random';
import { fixture, home } from './support';

const noise = [
  '"',
  "'",
  '`',
  '$(',
  '${',
  '}',
  ')',
  '\\',
  '\n',
  '\\\n',
  ' # ',
  '<<EOF\n',
  '(',
  ';',
  '&&',
  ': ',
  '- ',
  '{',
  ',',
  '\t',
  '\r\n',
  '\0',
  '\uE000',
  '🚀',
  '*',
  '&a ',
  '...\n---\n',
];

async function check(file: string, text: string): Promise<void> {
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

describe('config: mangled files', () => {
  for (const name of readdirSync('test/fixtures/configs').filter((file) => file !== 'README.md')) {
    const text = fixture(name);
    it(`reads ${name} when it is cut off anywhere`, async () => {
      for (let end = 0; end < text.length; end += 1 + Math.floor(text.length / 30))
        await check(name, text.slice(0, end));
    });
    it(`reads ${name} with noise in it`, async () => {
      const random = randomOf(name.length);
      for (let round = 0; round < 30; round++) {
        const at = Math.floor(random() * text.length);
        const without = Math.floor(random() * 3);
        await check(
          name,
          text.slice(0, at) + (noise[Math.floor(random() * noise.length)] ?? '') + text.slice(at + without),
        );
      }
    });
  }
});
