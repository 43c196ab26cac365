/** Reads every shape cut off and mangled: nothing throws, and no range or edit is outside the text. */
import { readdirSync } from 'node:fs';
import { randomOf } from '../support/random';
import { assertReadable } from './assertReadable';
import { fixture } from './support';

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

describe('config: mangled files', () => {
  for (const name of readdirSync('test/fixtures/configs').filter((file) => file !== 'README.md')) {
    const text = fixture(name);
    it(`reads ${name} when it is cut off anywhere`, async () => {
      for (let end = 0; end < text.length; end += 1 + Math.floor(text.length / 30))
        await assertReadable(name, text.slice(0, end));
    });
    it(`reads ${name} with noise in it`, async () => {
      const random = randomOf(name.length);
      for (let round = 0; round < 30; round++) {
        const at = Math.floor(random() * text.length);
        const without = Math.floor(random() * 3);
        await assertReadable(
          name,
          text.slice(0, at) + (noise[Math.floor(random() * noise.length)] ?? '') + text.slice(at + without),
        );
      }
    });
  }
});
