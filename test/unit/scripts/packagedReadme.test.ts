/** Tests of the README that is packaged while the project has no public home. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagedPage, readmeWithoutHome } from '../../../scripts/lib/packagedReadme.mjs';
import { root } from '../../../scripts/lib/paths.mjs';

/** The packaged form of `markdown`, without the note at its end. */
function packaged(markdown: string): string {
  return readmeWithoutHome(markdown).split('\n\n---\n')[0] ?? '';
}

describe('the README without a public home', () => {
  it('has no picture of the repository, in Markdown or in HTML', () => {
    assert.equal(packaged('One.\n\n![A chart](media/chart.png)\n\nTwo.'), 'One.\n\nTwo.');
    assert.equal(packaged('One <img src="media/chart.png" alt="A chart"> two.'), 'One  two.');
    assert.equal(packaged('[![A chart](media/chart.png)](docs/chart.md)'), '');
  });

  it('keeps pictures and links by https, and links to its own headings', () => {
    const text = '![A badge](https://example.org/badge.png) [SkyRL](https://example.org) [Install](#install)';
    assert.equal(packaged(text), text);
  });

  it('names the file that a link leads to, without the heading', () => {
    assert.equal(packaged('[Privacy](docs/user-guide.md#privacy)'), 'Privacy (`docs/user-guide.md`)');
    assert.equal(packaged('| [The API](./src/api.ts) |'), '| The API (`./src/api.ts`) |');
  });

  it('keeps code blocks as they are', () => {
    const text = '```md\n![A chart](media/chart.png)\n[a](b.md)\n```';
    assert.equal(packaged(text), text);
  });

  it('leaves no relative link in the README of this project', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const targets = [...readmeWithoutHome(readme).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
    assert.deepEqual(
      targets.filter((target) => !/^(https:|#)/.test(target ?? '')),
      [],
    );
  });
});

describe('a page in the package', () => {
  it('keeps links to what is packaged, and the words of the others', () => {
    const page =
      '![A](a.png)\n\n[Runs](runs.md#kept), [states](states/README.md), [vLLM](https://vllm.ai), [here](#here)';
    assert.equal(
      packagedPage(page, (target) => target === 'runs.md').trim(),
      '[Runs](runs.md#kept), states, [vLLM](https://vllm.ai), [here](#here)',
    );
  });
});
