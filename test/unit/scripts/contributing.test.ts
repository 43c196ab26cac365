/** Tests that the pages for contributors name scripts, files and stages that exist. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { order } from '../../../scripts/lib/importDirection.mjs';
import { root } from '../../../scripts/lib/paths.mjs';

const text = (file: string): string => readFileSync(join(root, file), 'utf8');
const contributing = text('CONTRIBUTING.md');
const pages = ['CONTRIBUTING.md', 'SECURITY.md', 'CODE_OF_CONDUCT.md'].map((name) => [name, text(name)] as const);

describe('the pages for contributors', () => {
  it('name only npm scripts that exist', () => {
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
    const named = [...contributing.matchAll(/npm (?:run )?([\w:]+)/g)].map(([, name = '']) => name);
    assert.ok(named.length > 10);
    assert.deepEqual(
      named.filter((name) => !['audit'].includes(name) && !(name in scripts)),
      [],
    );
  });

  it('name only files and folders that exist', () => {
    for (const [name, page] of pages) {
      const paths = [...page.matchAll(/`((?:src|test|docs|scripts)\/[\w./-]+|\.[a-z][\w.-]+|[A-Z]\w+\.md)`/g)]
        .map(([, path = '']) => path)
        .filter((path) => path !== '.test-output');
      const links = [...page.matchAll(/\]\((?!https:|#)([^)#]+)/g)].map(([, path = '']) => path);
      assert.deepEqual(
        [...paths, ...links].filter((path) => !existsSync(join(root, path))),
        [],
        name,
      );
    }
  });

  it('list every stage of the tests but the build', () => {
    const listed = (contributing.split('| Stage')[1]?.split('\n\n')[0] ?? '')
      .split('\n')
      .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name));
    // Read as text: the module builds when it is loaded.
    const table = text('scripts/lib/stages.mjs').split('export const stages = [')[1]?.split('\n];')[0] ?? '';
    const expected = [...table.matchAll(/^ {2,4}(?:\{ )?name: '(\w+)'/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== 'build');
    assert.ok(expected.length > 5);
    assert.deepEqual(listed.sort(), expected.sort());
  });

  it('list the folders of src in the order in which they may import', () => {
    const rule = /Imports go one way: ([^.]+)\./.exec(contributing.replaceAll('\n', ' '))?.[1] ?? '';
    assert.deepEqual(
      [...rule.matchAll(/`(\w+)`/g)].map(([, folder]) => folder),
      order,
    );
  });
});
