/** The manifest contributes the tools that exist, with their own texts. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { contributedTools } from '../../../src/assistant/toolManifest';
import { tools } from '../../../src/assistant/tools';
import { toolNames } from '../../../src/views/assistant/toolNames';

const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const { contributes } = json('package.json') as { contributes: { languageModelTools: object[] } };
const nls = json('package.nls.json') as Record<string, string>;

describe('The manifest of the tools for language models', () => {
  it('is up to date; npm run docs writes it', () => {
    assert.deepEqual(contributes.languageModelTools, contributedTools());
  });

  it('registers each of them under its name', () => {
    assert.deepEqual(
      toolNames,
      tools.map(({ name }) => name),
    );
  });

  it('shows people the title that is shown while it runs', () => {
    for (const { name, title } of tools) {
      assert.equal(nls[`tool.${name}.title`], title);
      assert.ok(nls[`tool.${name}.description`]);
    }
  });
});
