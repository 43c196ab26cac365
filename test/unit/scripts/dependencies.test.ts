/** Tests that package.json lists as dependencies just the packages that are shipped. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

describe('the dependencies in package.json', () => {
  it('are the listed packages that the bundles hold; all others are devDependencies', () => {
    const bundled = bundledPackages();
    const listed = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)];
    assert.deepEqual(Object.keys(manifest.dependencies).sort(), listed.filter((name) => bundled.has(name)).sort());
  });

  it('name one exact version each', () => {
    const ranges = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    assert.deepEqual(ranges, []);
  });
});

/** The packages whose code the build put into dist: esbuild writes the path of each file above its code. */
function bundledPackages(): Set<string> {
  const packages = new Set<string>();
  for (const folder of ['dist', 'dist/webview']) {
    for (const file of readdirSync(join(root, folder)).filter((name) => name.endsWith('.js'))) {
      const text = readFileSync(join(root, folder, file), 'utf8');
      for (const match of text.matchAll(/^\s*\/\/ node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)) {
        if (match[1]) packages.add(match[1]);
      }
    }
  }
  return packages;
}
