/** The manifest's Chinese texts say all that the English ones do, with the same links, commands and code. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const texts = (file: string): Record<string, string> =>
  JSON.parse(readFileSync(path.join(process.cwd(), file), 'utf8')) as Record<string, string>;
const english = texts('package.nls.json');
const chinese = texts('package.nls.zh-cn.json');

/** What has to be the same in every language: targets of links, code, and links to settings. */
const kept = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)]+)\)|`([^`]+)`/g)].map(([, target, code]) => target ?? code ?? '').sort();

/** The title that a text names by **SkyRL: …**. */
const namedTitles = (text: string): string[] =>
  [...text.matchAll(/\*\*SkyRL: ([^*]+)\*\*/g)].map(([, title = '']) => title);

describe('package.nls.zh-cn.json', () => {
  it('has the keys of package.nls.json', () => {
    const missing = Object.keys(english).filter((key) => !(key in chinese));
    const lines = missing.map((key) => `  ${JSON.stringify(key)}: "…",   in English: ${JSON.stringify(english[key])}`);
    assert.deepEqual(missing, [], `add these to package.nls.zh-cn.json in Simplified Chinese:\n${lines.join('\n')}\n`);
    const unknown = Object.keys(chinese).filter((key) => !(key in english));
    assert.deepEqual(unknown, [], `remove these from package.nls.zh-cn.json: ${unknown.join(', ')}`);
  });

  it('keeps links, commands and code of each text', () => {
    for (const [key, text] of Object.entries(chinese)) assert.deepEqual(kept(text), kept(english[key] ?? ''), key);
  });

  it('names commands by their Chinese titles', () => {
    for (const [key, text] of Object.entries(chinese)) {
      const titles = namedTitles(text);
      assert.equal(titles.length, namedTitles(english[key] ?? '').length, key);
      for (const title of titles) assert.ok(Object.values(chinese).includes(title), `${key}: ${title}`);
    }
  });

  it('is in Chinese: only names of products and formats are left as they are', () => {
    const same = Object.keys(chinese).filter((key) => chinese[key] === english[key]);
    assert.deepEqual(same.sort(), ['category', 'container', 'displayName', 'language.promql']);
  });
});
