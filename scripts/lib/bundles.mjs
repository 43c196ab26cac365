/** What is bundled from what, and how. */
import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { benches } from './benches.mjs';
import { hostBundles, node } from './hostBundles.mjs';
import { root } from './paths.mjs';
import { stepCounter, stepCounterBanner } from './stepCounter.mjs';

const dist = join(root, 'dist');

/**
 * Builds everything into dist and removes what an earlier build left of sources that are gone.
 * @param {{ production: boolean }} options `production`: only what is shipped, minified
 */
export async function bundleAll({ production }) {
  const results = await Promise.all((await bundles({ production })).map((options) => build(options)));
  const written = results.flatMap(({ metafile }) => Object.keys(metafile?.outputs ?? {}));
  await removeOthers(
    production ? ['.', 'webview'] : ['.', 'webview', 'test'],
    new Set(written.map((file) => resolve(root, file))),
  );
}

/**
 * What is bundled, each as one build of esbuild.
 * @param {{ production: boolean }} options
 * @returns {Promise<import('esbuild').BuildOptions[]>}
 */
export async function bundles({ production }) {
  return production
    ? shippedBundles(dist)
    : [...hostBundles({ ...developed, outdir: dist }), webview({ ...developed, outdir: dist }), ...(await tests())];
}

/** @type {import('esbuild').BuildOptions} */
const developed = { sourcemap: 'linked' };

/**
 * What is shipped, minified and without source maps.
 * @param {string} outdir
 * @returns {import('esbuild').BuildOptions[]}
 */
export function shippedBundles(outdir) {
  // The licences are in a file of their own.
  const shape = {
    minify: true,
    legalComments: /** @type {const} */ ('none'),
    charset: /** @type {const} */ ('utf8'),
    // What is for development only is left out.
    define: { 'process.env.NODE_ENV': '"production"' },
    outdir,
  };
  return [...hostBundles(shape), webview(shape)];
}

/** @param {import('esbuild').BuildOptions} shape @returns {import('esbuild').BuildOptions} */
function webview(shape) {
  return {
    ...shape,
    absWorkingDir: root,
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    outdir: join(shape.outdir ?? dist, 'webview'),
    metafile: true,
    logLevel: 'warning',
    entryPoints: {
      chart: 'webview/chart.ts',
      rollouts: 'webview/rollouts/main.ts',
      comparison: 'webview/comparison/main.ts',
    },
  };
}

/**
 * Tests and their servers are bundled without packages, which node_modules has; the runner's own library is not theirs to copy either.
 * @returns {Promise<import('esbuild').BuildOptions[]>}
 */
async function tests() {
  /** @type {import('esbuild').Plugin} */
  const library = {
    name: 'scripts-library',
    setup({ onResolve }) {
      // By its whole path: from where in `dist` it is asked for, only the bundles know.
      onResolve({ filter: /\/scripts\/(.*)\.mjs$/ }, ({ path, resolveDir }) => ({
        path: resolve(resolveDir, path),
        external: true,
      }));
    },
  };
  const entryPoints = [];
  for (const folder of ['unit', 'webview', 'vscode', 'e2e'])
    entryPoints.push(...(await sources(`test/${folder}`, (name) => name.endsWith('.test.ts'))));
  for (const entry of [
    'test/vscode/index.ts',
    'test/demonstration/main.ts',
    'test/demonstration/shipped/main.ts',
    'test/bench/server.ts',
    'test/ray/matrix.ts',
    'test/fuzz/main.ts',
    'test/chaos/main.ts',
    'test/memory/hostileScrapes.ts',
    ...benches.map(({ name }) => `test/bench/${name}.ts`),
  ]) {
    if (existsSync(join(root, entry))) entryPoints.push(entry);
  }
  /** @type {import('esbuild').BuildOptions} */
  const shape = {
    ...node,
    outdir: dist,
    outbase: '.',
    sourcemap: 'linked',
    packages: 'external',
    external: ['vscode'],
    plugins: [library],
  };
  const countsSteps = (/** @type {string} */ entry) => entry.endsWith('.steps.test.ts');
  return [
    { ...shape, entryPoints: entryPoints.filter((entry) => !countsSteps(entry)) },
    {
      ...shape,
      entryPoints: entryPoints.filter(countsSteps),
      banner: { js: stepCounterBanner },
      plugins: [library, stepCounter],
    },
  ];
}

/**
 * @param {string} folder
 * @param {(name: string) => boolean} wanted
 */
async function sources(folder, wanted) {
  if (!existsSync(join(root, folder))) return [];
  const files = await readdir(join(root, folder), { recursive: true });
  return files.filter((file) => wanted(basename(file))).map((file) => join(folder, file));
}

/**
 * @param {string[]} folders of dist; `.` is its files only
 * @param {Set<string>} written absolute paths
 */
async function removeOthers(folders, written) {
  for (const folder of folders) {
    const path = join(dist, folder);
    if (!existsSync(path)) continue;
    for (const entry of await readdir(path, { recursive: folder !== '.', withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      if (entry.isFile() && !written.has(file)) await rm(file, { force: true });
    }
  }
}
