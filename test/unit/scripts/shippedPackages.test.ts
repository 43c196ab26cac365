/** Tests of the packages whose code is shipped: their list, their licences, and the bill of materials. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { bundledPackages, type BundledPackage } from '../../../scripts/lib/bundledPackages.mjs';
import { allowedLicenses, noticesFile, noticesText } from '../../../scripts/lib/notices.mjs';
import { root } from '../../../scripts/lib/paths.mjs';
import { bundledBom } from '../../../scripts/lib/sbom.mjs';

const text = (file: string): string => readFileSync(join(root, file), 'utf8');

const manifest = JSON.parse(text('package.json')) as {
  version: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

describe('the packages that are shipped', () => {
  let bundled: BundledPackage[];
  before(async () => {
    bundled = await bundledPackages();
  });

  it('are the dependencies in package.json and what those need; all others are devDependencies', () => {
    const names = new Set(bundled.map(({ name }) => name));
    const listed = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)];
    assert.deepEqual(Object.keys(manifest.dependencies).sort(), listed.filter((name) => names.has(name)).sort());
  });

  it('have one exact version each in package.json', () => {
    const ranges = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    assert.deepEqual(ranges, []);
  });

  it('have their licences in a file that is shipped', () => {
    assert.equal(text(noticesFile), noticesText(bundled), `${noticesFile} is out of date: npm run docs`);
    assert.match(text('.vscodeignore'), new RegExp(`^!${noticesFile}$`, 'm'));
  });

  it('have the licences that the docs name, each with its packages', () => {
    const table = text('docs/architecture.md').split('\n## What is bundled\n')[1]?.split('\n## ')[0] ?? '';
    const rows = Object.fromEntries(
      [...table.matchAll(/^\| ([\w.-]+) +\| (.+?) +\|$/gm)]
        .map(
          ([, license = '', names = '']) =>
            [license, names.split(', ').map((name) => name.replaceAll('`', ''))] as const,
        )
        .filter(([license]) => allowedLicenses.includes(license)),
    );
    const expected: Record<string, string[]> = {};
    for (const { name, license } of bundled) (expected[license] ??= []).push(name);
    for (const names of Object.values(expected)) names.sort();
    assert.deepEqual(rows, expected);
  });

  it('cannot be shipped with an unknown licence or without its text', () => {
    const one: BundledPackage = {
      name: 'one',
      version: '1.0.0',
      folder: 'node_modules/one',
      license: 'MIT',
      homepage: '',
      texts: ['Copyright (c) One'],
    };
    assert.match(noticesText([one, { ...one, name: 'two' }]), /one 1\.0\.0\ntwo 1\.0\.0\n-+\n\nCopyright \(c\) One\n$/);
    assert.throws(() => noticesText([{ ...one, license: 'GPL-3.0-only' }]), /one: may GPL-3\.0-only be shipped\?/);
    assert.throws(() => noticesText([{ ...one, license: '' }]), /one: may no licence be shipped\?/);
    assert.throws(() => noticesText([{ ...one, texts: [] }]), /one: no text of its licence/);
  });

  it('are the components of a valid bill of materials, each with its hash and licence', async () => {
    const bom = await bundledBom(bundled);
    assert.equal(await new Validation.JsonStrictValidator(Spec.Version.v1dot5).validate(JSON.stringify(bom)), null);
    assert.deepEqual(
      bom.components.map(({ name, version }) => `${name}@${version}`).sort(),
      bundled.map(({ name, version }) => `${name}@${version}`).sort(),
    );
    for (const { name, hashes, licenses } of bom.components) assert.ok(hashes && licenses, name);
    const { name, version, description } = bom.metadata.component;
    assert.deepEqual([name, version], ['skyrl-metrics', manifest.version]);
    assert.doesNotMatch(String(description), /%/);
    const refs = new Set([bom.metadata.component, ...bom.components].map((each) => each['bom-ref']));
    assert.ok(bom.dependencies.every(({ ref, dependsOn = [] }) => [ref, ...dependsOn].every((each) => refs.has(each))));
    // No address of the machine or the registry that it was made with.
    assert.deepEqual(JSON.stringify(bom).match(/https?:[^"]*/g), ['http://cyclonedx.org/schema/bom-1.5.schema.json']);
  });
});

interface LockedPackage {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
}

describe('the lock file', () => {
  const { packages } = JSON.parse(text('package-lock.json')) as { packages: Record<string, LockedPackage> };
  const locked = Object.entries(packages).filter(([path]) => path !== '');

  it('has the checksum of every package, and names no other place than the public registry', () => {
    assert.ok(locked.length > 300);
    for (const [path, { integrity, resolved, link }] of locked) {
      assert.match(integrity ?? '', /^sha512-[\w+/]{86}==$/, path);
      // Without an address npm asks the registry that it is set to, and compares what it gets with the checksum.
      assert.match(resolved ?? 'https://registry.npmjs.org/', /^https:\/\/registry\.npmjs\.org\//, path);
      assert.equal(link, undefined, path);
    }
  });

  it('needs no script of a package to be run, so none is', () => {
    assert.match(text('.npmrc'), /^ignore-scripts=true$/m);
  });
});
