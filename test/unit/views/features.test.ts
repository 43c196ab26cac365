/** How features are cut: each command is registered once, and no feature reaches into another. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { commandIds } from '../../../src/views/shared/ids';

const views = path.join(process.cwd(), 'src', 'views');
const files = readdirSync(views, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replaceAll('\\', '/'));
const sources = new Map(files.map((name) => [name, readFileSync(path.join(views, name), 'utf8')]));
const argumentsTable = 'shared/commandArguments.ts';
const features = [...new Set(files.map((name) => name.split('/')[0] ?? ''))].filter((name) => name !== 'shared').sort();

describe('the features of src/views', () => {
  it('register every command exactly once', () => {
    // The table of the commands' arguments names them, too, and so do features that load the rest with their first use.
    const text = [...sources]
      .flatMap(([name, source]) => (name === argumentsTable ? [] : [source]))
      .join('\n')
      .replace(/registerOnDemand\(\s*\[[^\]]*\]/g, '');
    for (const name of Object.keys(commandIds)) {
      const registrations = text.match(
        new RegExp(`(?:\\[|registerCommand\\(\\s*)commandIds\\.${name}\\b\\]?[:,]`, 'g'),
      );
      assert.equal(registrations?.length, 1, name);
    }
  });

  it('have one entry each, named after the folder', () => {
    for (const feature of features) {
      const entry = `${feature}/register${feature.charAt(0).toUpperCase()}${feature.slice(1)}.ts`;
      assert.ok(sources.has(entry), entry);
    }
  });

  it('show messages by the one module that makes no links of untrusted text', () => {
    const direct = [...sources].flatMap(([name, source]) =>
      name !== 'shared/messages.ts' && /\bshow(?:Error|Warning|Information)Message\b/.test(source) ? [name] : [],
    );
    assert.deepEqual(direct, []);
  });

  it('import from one another only types: the container hands over the rest', () => {
    const wrong: string[] = [];
    for (const [name, source] of sources) {
      for (const [statement, from = ''] of source.matchAll(/^import [^;]*? from '\.\.\/(\w+)\/[^']*';/gm))
        if (!statement.startsWith('import type') && features.includes(from)) wrong.push(`${name}: ${statement}`);
    }
    assert.deepEqual(wrong, []);
  });
});
