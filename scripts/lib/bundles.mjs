/** What is bundled from what, and how. */
import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { benches } from './benches.mjs';
import { root } from './paths.mjs';
import { stepCounter, stepCounterBanner } from './stepCounter.mjs';

const dist = join(root, 'dist');

/** Bundled into files of their own, so that starting the extension does not read them. */
const lazyPackages = ['unbash', 'undici', 'yaml'];

/** Sources, too, each loaded when it is first needed: the grammars of PromQL and Python, and the MCP server. */
const lazySources = {
  promql: 'src/promql/language.ts',
  python: 'src/config/python/grammar.ts',
  mcp: 'src/assistant/mcp/mcpServer.ts',
};

/** What every window begins with, and what comes where it concerns us. */
const hostEntries = { extension: 'src/extension.ts', container: 'src/container.ts' };

/** @type {import('esbuild').BuildOptions} */
const node = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  outdir: 'dist',
  metafile: true,
  logLevel: 'warning',
  // VS Code loads these files with `require`; `import()` becomes a `require` made when it is reached.
  supported: { 'dynamic-import': false },
};

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
  const shape = production ? { minify: true } : { sourcemap: /** @type {const} */ ('linked') };
  return [host(shape), ...packages(shape), webview(shape), ...(production ? [] : await tests())];
}

/** @param {import('esbuild').BuildOptions} shape @returns {import('esbuild').BuildOptions} */
function host(shape) {
  /** @type {import('esbuild').Plugin} */
  const beside = {
    name: 'packages-beside',
    setup({ onResolve }) {
      onResolve({ filter: new RegExp(`^(${lazyPackages.join('|')})$`) }, ({ path }) => ({
        path: `./${path}.js`,
        external: true,
      }));
      for (const [name, source] of Object.entries(lazySources)) {
        const file = basename(source, '.ts');
        onResolve({ filter: new RegExp(`/${file}$`) }, ({ kind }) =>
          kind === 'dynamic-import' ? { path: `./${name}.js`, external: true } : undefined,
        );
      }
      onResolve({ filter: /^\.\/container$/ }, () => ({ path: './container.js', external: true }));
    },
  };
  return { ...node, ...shape, entryPoints: hostEntries, external: ['vscode'], plugins: [beside] };
}

/** @param {import('esbuild').BuildOptions} shape @returns {import('esbuild').BuildOptions[]} */
function packages(shape) {
  const bare = Object.fromEntries(lazyPackages.map((name) => [name, name]));
  return [
    { ...node, ...shape, sourcemap: false, entryPoints: bare },
    { ...node, ...shape, entryPoints: lazySources, mainFields: ['module', 'main'], plugins: [withoutEditor] },
  ];
}

/** What they import of it; the build fails where a name is missing. */
const editorNames = [
  'activateHover',
  'Decoration',
  'Direction',
  'EditorView',
  'getPanel',
  'getTooltip',
  'gutter',
  'GutterMarker',
  'hoverTooltip',
  'keymap',
  'logException',
  'showPanel',
  'showTooltip',
  'ViewPlugin',
  'WidgetType',
];

/**
 * The grammar's packages import an editor for the page, which is never made here; it would double the bundle.
 * @type {import('esbuild').Plugin}
 */
const withoutEditor = {
  name: 'without-editor',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@codemirror\/view$/ }, ({ path }) => ({ path, namespace: 'without-editor' }));
    // Its exports are called while the packages load: each call gives another thing that can be called, and extends nothing.
    onLoad({ filter: /.*/, namespace: 'without-editor' }, () => ({
      contents: `const any = new Proxy(class {}, { get: (of, name) => name in of ? of[name] : name === 'extension' ? [] : any, apply: () => any, construct: () => ({}) });
        export const ${editorNames.map((name) => `${name} = any`).join(', ')};`,
      loader: 'js',
    }));
  },
};

/** @param {import('esbuild').BuildOptions} shape @returns {import('esbuild').BuildOptions} */
function webview(shape) {
  return {
    ...shape,
    absWorkingDir: root,
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    outdir: 'dist/webview',
    metafile: true,
    logLevel: 'warning',
    entryPoints: { chart: 'webview/chart.ts', rollouts: 'webview/rollouts/main.ts' },
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
    'test/memory/hostileScrapes.ts',
    ...benches.map(({ name }) => `test/bench/${name}.ts`),
  ]) {
    if (existsSync(join(root, entry))) entryPoints.push(entry);
  }
  /** @type {import('esbuild').BuildOptions} */
  const shape = {
    ...node,
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
