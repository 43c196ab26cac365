/** The README and the pages of `docs/`: generated parts are current, links work, and only existing names are used. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { referencePage, type Manifest } from '../../scripts/lib/reference.mjs';
import { statesPage } from '../../scripts/lib/statesPage.mjs';
import type { EngineState } from '../../src/api';
import { catalog, categories, curatedRows } from '../../src/metrics/catalog';
import { diagnosisRules } from '../../src/diagnosis/diagnosis';
import { rolloutFigures } from '../../src/shared/rolloutFigures';
import { states } from '../../src/shared/states';
import { comparisonPanelId, rolloutsPanelId, statusBarItemId } from '../../src/views/shared/ids';

const root = process.cwd();
const text = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const manifest = JSON.parse(text('package.json')) as Manifest;
const nls = JSON.parse(text('package.nls.json')) as Record<string, string>;
const { contributes } = manifest;
const names = readdirSync(path.join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);
/** Its pictures are beside it. */
const statesFolder = 'docs/states';
const pages = new Map(['README.md', `${statesFolder}/README.md`, ...names].map((name) => [name, text(name)]));
const page = (name: string): string => pages.get(name) ?? assert.fail(`no ${name}`);

/** The anchor that GitHub gives a heading. */
const anchor = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

const anchorsOf = (markdown: string): Set<string> =>
  new Set([...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchor(heading)));

/** The first column of the table under a heading, without its backticks. */
const firstColumn = (markdown: string, heading: string): string[] => {
  const section = markdown.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, cell = '']) => cell);
};

describe('The reference page', () => {
  it('is what npm run docs generates from the manifest and the tables of the source', () => {
    assert.equal(
      page('docs/reference.md'),
      referencePage({ manifest, nls, states, rolloutFigures }),
      'out of date: npm run docs',
    );
  });

  it('is beside a page of the states with pictures, which is generated, too', () => {
    const pictures = readdirSync(path.join(root, statesFolder));
    assert.equal(page(`${statesFolder}/README.md`), statesPage({ states, pictures }), 'out of date: npm run docs');
    const shown = pictures.filter((name) => name.endsWith('.png'));
    assert.ok(shown.every((name) => page(`${statesFolder}/README.md`).includes(`(${name})`)));
    assert.doesNotMatch(
      page(`${statesFolder}/README.md`),
      /no picture/,
      'npm run pictures -- states STATE, then npm run docs',
    );
  });

  it('has every setting, command, state and figure of a rollout', () => {
    const reference = page('docs/reference.md');
    const ids = [
      ...Object.keys(contributes.configuration.properties),
      ...contributes.commands.map(({ command }) => command),
      ...Object.keys(states),
      ...rolloutFigures.map(({ id }) => id),
    ];
    assert.deepEqual(
      ids.filter((id) => !reference.includes(`| \`${id}\` `)),
      [],
    );
  });

  it('cannot be generated while a text or the words of a condition are missing', () => {
    const hidden = { command: 'skyrl.scrape', when: 'skyrl.unknown' };
    const changed = {
      ...manifest,
      contributes: { ...contributes, menus: { ...contributes.menus, commandPalette: [hidden] } },
    };
    assert.throws(() => referencePage({ manifest: changed, nls, states, rolloutFigures }), /skyrl\.unknown/);
    assert.throws(() => referencePage({ manifest, nls: {}, states, rolloutFigures }), /package\.nls\.json has no/);
  });
});

describe('The README and docs', () => {
  it('have links to existing files and headings', () => {
    const broken: string[] = [];
    for (const [name, markdown] of pages) {
      for (const [, link = ''] of markdown.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(link)) continue;
        const [file = '', fragment] = link.split('#');
        const target = file === '' ? name : path.posix.join(path.posix.dirname(name), file);
        const exists = existsSync(path.join(root, target));
        if (!exists || (fragment !== undefined && !anchorsOf(page(target)).has(fragment)))
          broken.push(`${name}: ${link}`);
      }
    }
    assert.deepEqual(broken, []);
  });

  it('name only settings, commands, views and scripts that exist', () => {
    const knownIds = new Set([
      ...Object.keys(contributes.configuration.properties),
      ...contributes.commands.map(({ command }) => command),
      ...contributes.views.skyrl.map(({ id }) => id),
      statusBarItemId,
      rolloutsPanelId,
      comparisonPanelId,
    ]);
    const scripts = (JSON.parse(text('package.json')) as { scripts: Record<string, string> }).scripts;
    for (const [name, markdown] of pages) {
      for (const [, id = ''] of markdown.matchAll(/`(skyrl\.[\w.]+)`/g)) assert.ok(knownIds.has(id), `${name}: ${id}`);
      for (const [, script = ''] of markdown.matchAll(/npm run ([\w:]+)/g))
        assert.ok(script in scripts, `${name}: npm run ${script}`);
    }
  });

  it('name commands by their titles', () => {
    const titles = contributes.commands.map(({ title }) => nls[title.replaceAll('%', '')] ?? title);
    for (const [name, markdown] of pages)
      for (const [, title = ''] of markdown.matchAll(/\*\*SkyRL: ([^*]+)\*\*/g))
        assert.ok(titles.includes(title.replace(/\s+/g, ' ')), `${name}: ${title}`);
  });

  it('show every stored picture', () => {
    const shownPictures = [...pages.values()].flatMap((markdown) =>
      [...markdown.matchAll(/media\/pictures\/([\w-]+\.png)/g)].map((match) => match[1]),
    );
    assert.deepEqual([...new Set(shownPictures)].sort(), readdirSync(path.join(root, 'media/pictures')).sort());
    // Those of the docs are not in the package.
    const inDocs = [...pages.values()].flatMap((markdown) =>
      [...markdown.matchAll(/media\/docs\/([\w-]+\.webp)/g)].map((match) => match[1]),
    );
    assert.deepEqual([...new Set(inDocs)].sort(), readdirSync(path.join(root, 'media/docs')).sort());
  });

  it('have at most 700 words in the README, which links to every page', () => {
    const words = page('README.md').split(/\s+/).filter(Boolean).length;
    assert.ok(words <= 700, `${words} words`);
    for (const name of names) assert.ok(page('README.md').includes(`(${name})`), name);
  });

  it('describe the arguments and result of every command', () => {
    const api = page('docs/api.md');
    for (const { command } of contributes.commands) assert.ok(api.includes(`\`${command}\``), command);
  });
});

describe('The page of metrics', () => {
  it('has the curated metrics, every category, and the number of rows', () => {
    const metrics = page('docs/metrics.md');
    for (const { label } of curatedRows) assert.ok(metrics.includes(`| ${label} |`), label);
    for (const { label } of categories) assert.match(metrics.replaceAll('\n', ' '), new RegExp(label), label);
    assert.equal(/The catalog has (\d+) rows/.exec(metrics)?.[1], String(catalog.length));
  });

  it('has every engine state', () => {
    const engineStates: Record<EngineState, true> = {
      starting: true,
      active: true,
      quiet: true,
      silent: true,
      asleep: true,
      paused: true,
      dead: true,
      gone: true,
    };
    assert.deepEqual(firstColumn(page('docs/metrics.md'), 'Engine states').sort(), Object.keys(engineStates).sort());
  });

  it('has every finding', () => {
    const documentedIds = firstColumn(page('docs/metrics.md'), 'Findings');
    assert.equal(new Set(documentedIds).size, documentedIds.length);
    assert.deepEqual(
      diagnosisRules.map(({ id }) => id).filter((id) => !documentedIds.includes(id)),
      [],
    );
  });

  it('has the thresholds of the catalog', () => {
    const lines = page('docs/metrics.md').split('\n## Thresholds\n')[1]?.split('\n') ?? [];
    for (const { label, unit, thresholds } of catalog) {
      // The threshold of failed transfers is 'any', for which the page has words.
      if (!thresholds || thresholds.warning < 0.000_01) continue;
      const [, , ...limits] = lines.find((line) => line.startsWith(`| ${label} |`))?.split('|') ?? [];
      const scale = unit === 'fraction' ? 100 : 1;
      assert.deepEqual(
        limits.slice(0, 2).map((limit) => parseFloat(limit)),
        [thresholds.warning * scale, thresholds.error * scale],
        label,
      );
    }
  });
});
