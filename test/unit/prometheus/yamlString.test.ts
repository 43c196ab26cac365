/** Text in YAML, read back by a YAML parser. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'yaml';
import { yamlString } from '../../../src/prometheus/yamlString';

describe('yamlString', () => {
  const text = fc.string({ unit: fc.constantFrom(...'"\'\\#:{}[],&*!|>%@` -\n\r\t\0\u0085\u2028\ufeffa1é😀') });
  for (const version of ['1.1', '1.2'] as const)
    it(`is the text itself to a reader of YAML ${version}`, () =>
      fc.assert(
        fc.property(text, text, (file, url) => {
          const document = `files: [${yamlString(file)}]\nurl: ${yamlString(url)}\n`;
          assert.deepEqual(parse(document, { version }), { files: [file], url });
        }),
      ));

  it('has no line end in it, of any version of YAML', () =>
    fc.assert(fc.property(text, (value) => assert.doesNotMatch(yamlString(value), /[\r\n\u0085\u2028\u2029]/))));
});
