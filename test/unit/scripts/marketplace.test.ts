/** Tests of what marketplaces check before they take an extension. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { endAll } from '../../../scripts/lib/cleanup.mjs';
import { packageFolder } from '../../../scripts/lib/packageFolder.mjs';
import { root } from '../../../scripts/lib/paths.mjs';
import { run } from '../../../scripts/lib/processes.mjs';

/** Of vsce, whose types do not name it. */
const { readZip } = createRequire(__filename)('@vscode/vsce/out/zip') as {
  readZip: (path: string, filter: (name: string) => boolean) => Promise<Map<string, Buffer>>;
};

interface Manifest extends Record<string, unknown> {
  name: string;
  version: string;
  publisher: string;
  license: string;
  icon: string;
  main: string;
  categories: string[];
  keywords: string[];
  galleryBanner: { color: string; theme: string };
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const withHome = { ...manifest, repository: { type: 'git', url: 'https://github.com/owner/skyrl-metrics.git' } };
const vsce = join(root, 'node_modules/@vscode/vsce/vsce');

/** Runs `vsce package` with no flag that turns a check off; the folder names the file. */
async function vscePackage(folder: string, ...args: string[]): Promise<Map<string, string>> {
  const path = join(folder, 'made.vsix');
  const { code, output } = await run(process.execPath, [vsce, 'package', '--out', path, ...args], {
    cwd: folder,
    timeoutMs: 60_000,
  });
  assert.equal(code, 0, output);
  assert.doesNotMatch(output, /warning/i);
  const files = await readZip(path, () => true);
  return new Map([...files].map(([name, content]) => [name, content.toString('utf8')]));
}

/** The files that the manifest names in `contributes`, and its icon. */
function namedFiles(value: unknown): string[] {
  if (typeof value === 'string')
    return /^(?:\.\/)?(?:media|language|syntaxes|dist)\//.test(value) ? [value.replace(/^\.\//, '')] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(namedFiles) : [];
}

describe('what is packaged', () => {
  after(() => endAll());

  it('passes all checks of vsce once there is a repository, as a pre-release, too, and shows its pictures by https', async () => {
    const files = await vscePackage(await packageFolder(withHome), '--pre-release');
    const readme = files.get('extension/readme.md') ?? '';
    const pictures = [...readme.matchAll(/!\[[^\]]*\]\(([^)\s]+)/g)].map(([, source = '']) => source);
    assert.ok(pictures.length >= 5);
    for (const source of pictures) assert.match(source, /^https:\/\/github\.com\/.*\/media\/pictures\/[\w-]+\.png$/);
    const links = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    assert.deepEqual(
      links.filter((target) => !/^(?:https:|#)/.test(target)),
      [],
    );
    assert.deepEqual(
      [...files.keys()].filter((name) => /\.map$|\/(?:src|test|node_modules|docs|pictures)\//.test(name)),
      [],
    );
    assert.match(files.get('extension.vsixmanifest') ?? '', /VisualStudio\.Code\.PreRelease" Value="true"/);
    assert.match(files.get('extension.vsixmanifest') ?? '', /<License>extension\/LICENSE\.txt<\/License>/);
  });

  it('has every file that it loads or names, and pages without pictures while there is no repository', async () => {
    const folder = await packageFolder(manifest);
    const shipped = new Set(readdirSync(folder, { recursive: true }).map(String));
    const inCode = readdirSync(join(root, 'src'), { recursive: true })
      .map(String)
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => mediaFiles(readFileSync(join(root, 'src', file), 'utf8')));
    assert.ok(inCode.length >= 4);
    for (const file of [manifest.icon, manifest.main, ...namedFiles(manifest.contributes), ...inCode])
      assert.ok(shipped.has(file.replace(/^\.\//, '')), file);
    for (const file of [...shipped].filter((name) => name.endsWith('.md'))) {
      const page = readFileSync(join(folder, file), 'utf8');
      assert.doesNotMatch(page, /!\[[^\]]*\]\((?!https:)/, file);
      const links = [...page.matchAll(/\]\((?!https?:|#)([^)\s#]+)/g)].map(([, link = '']) =>
        join(dirname(file), link),
      );
      assert.deepEqual(
        links.filter((link) => !shipped.has(link)),
        [],
        file,
      );
    }
    assert.ok(shipped.has(join('docs', 'user-guide.md')));
    for (const file of ['LICENSE', 'CHANGELOG.md', 'THIRD_PARTY_NOTICES.txt']) assert.ok(shipped.has(file), file);
  });
});

/** The files of `media` that a source names: `joinPath(uri, 'media', 'x.svg')`, also with a theme in the name. */
function mediaFiles(source: string): string[] {
  return [...source.matchAll(/'media', (?:'([^']+)'|`([^`]+)`)/g)].flatMap(([, plain, template]) =>
    plain === undefined
      ? ['light', 'dark'].map((theme) => `media/${(template ?? '').replace(/\$\{\w+\}/, theme)}`)
      : [`media/${plain}`],
  );
}

describe('the manifest, for marketplaces', () => {
  it('is found: by its categories and keywords', () => {
    for (const category of ['AI', 'Machine Learning', 'Visualization'])
      assert.ok(manifest.categories.includes(category));
    assert.ok(manifest.keywords.length <= 30, 'the Visual Studio Marketplace takes 30');
    assert.equal(manifest.badges, undefined);
    assert.doesNotMatch(readFileSync(join(root, 'README.md'), 'utf8'), /shields\.io|badge/i);
  });

  // Open VSX has no dry run: these are the rules by which its server refuses an extension (eclipse/openvsx, ExtensionValidator).
  it('has what Open VSX asks for', () => {
    const nls = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;
    const { displayName = '', description = '' } = nls;
    for (const name of [manifest.name, manifest.publisher]) assert.match(name, /^[\w\-+$~]{1,255}$/);
    assert.match(manifest.version, /^\d+\.\d+\.\d+$/);
    const short = [displayName, manifest.license, ...manifest.categories, ...manifest.keywords];
    for (const text of short) assert.ok(text.length > 0 && text.length <= 255, text);
    assert.ok(description.length <= 2048);
    for (const text of [...short, description]) assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Zl}\p{Zp}]/u);
    assert.ok(['dark', 'light'].includes(manifest.galleryBanner.theme));
    assert.ok(manifest.galleryBanner.color.length <= 16);
    assert.equal(manifest.license, 'Apache-2.0');
    assert.match(readFileSync(join(root, 'LICENSE'), 'utf8'), /Apache License\s+Version 2\.0/);
  });
});
