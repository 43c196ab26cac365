/** Bundles what runs in VS Code's extension host: the entry alone, and the rest in files that share their code. */
import { build } from 'esbuild';
import { basename, dirname, join } from 'node:path';
import { root } from './paths.mjs';
import { unusedParts } from './unusedParts.mjs';

/** @type {import('esbuild').BuildOptions} */
export const node = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  metafile: true,
  logLevel: 'warning',
  // VS Code loads these files with `require`; `import()` becomes a `require` made when it is reached.
  supported: { 'dynamic-import': false },
};

/**
 * The files that `import()` loads when they are needed, by name, and the thread that reads configs. The code that two of
 * them have in common is in `chunk-*.js`, once. Other targets of `import()` get a file of their own by their source's name.
 */
const entryPoints = {
  container: 'src/container.ts',
  configWorker: 'src/config/configWorker.ts',
  promql: 'src/promql/language.ts',
  mcp: 'src/assistant/mcp/mcpServer.ts',
  undici: 'undici',
};

/**
 * The entry and the rest, each as one build.
 * @param {import('esbuild').BuildOptions} shape
 * @returns {import('esbuild').BuildOptions[]}
 */
export function hostBundles(shape) {
  return [
    // Every window loads the entry, and most need nothing else, so it shares no file with the rest.
    { ...node, ...shape, entryPoints: ['src/extension.ts'], external: ['vscode'], plugins: [containerBeside] },
    {
      ...node,
      ...shape,
      ...(shape.sourcemap && { sourcemap: 'inline' }),
      entryPoints,
      external: ['vscode'],
      mainFields: ['module', 'main'],
      // esbuild splits ES modules only.
      format: 'esm',
      splitting: true,
      supported: {},
      chunkNames: '[name]-[hash]',
      write: false,
      plugins: [...unusedParts, toCommonJs(shape)],
    },
  ];
}

/** @type {import('esbuild').Plugin} */
const containerBeside = {
  name: 'container-beside',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/container$/ }, () => ({ path: './container.js', external: true }));
  },
};

/**
 * Writes the ES modules of a build as the CommonJS that VS Code loads, and puts what the container always loads into its
 * own file: each file costs time when it is opened.
 * @param {import('esbuild').BuildOptions} shape
 * @returns {import('esbuild').Plugin}
 */
const toCommonJs = (shape) => ({
  name: writerName,
  setup({ onEnd }) {
    onEnd(async ({ outputFiles = [], metafile, errors }) => {
      if (errors.length > 0 || !metafile) return;
      const modules = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
      // A thread has no VS Code, which the container's file needs, so what both load is in a file beside it.
      const inThread = new Set(loadedBy(threadFile, metafile, ['import-statement', 'dynamic-import']));
      const inContainer = loadedBy(containerFile, metafile, ['import-statement']);
      /** @type {Record<string, readonly string[]>} */
      const files = {
        [containerFile]: inContainer.filter((name) => !inThread.has(name)),
        [commonFile]: inContainer.filter((name) => inThread.has(name)),
      };
      const loaded = new Set([...inContainer, ...inThread]);
      for (const [file, sources] of Object.entries(loadedTogether))
        files[file] = onlyLoadedBy(sources, metafile).filter((name) => !loaded.has(name));
      const inOthers = new Set(Object.values(files).flat());
      const entries = [
        commonFile,
        ...Object.keys(loadedTogether),
        ...[...modules.keys()].filter((name) => !inOthers.has(name)),
      ];
      for (const name of entries) modules.set(entryOf(name), entryText(name, files[name] ?? [], metafile));
      await build({
        ...node,
        ...shape,
        metafile: false,
        entryPoints: entries.map((name) => ({ in: `./${entryOf(name)}`, out: name.replace(/\.js$/, '') })),
        external: ['vscode'],
        plugins: [fromMemory(modules, files)],
      });
      const folder = dirname(Object.keys(metafile.outputs).find((path) => basename(path) === containerFile) ?? '');
      for (const file of [commonFile, ...Object.keys(loadedTogether)])
        metafile.outputs[join(folder, file)] = { imports: [], exports: [], inputs: {}, bytes: 0 };
    });
  },
});

/** The plugin that writes files; without it a build only says what it bundles. */
export const writerName = 'to-common-js';

const containerFile = 'container.js';
const threadFile = 'configWorker.js';
/** What the container always loads, and the thread may. */
const commonFile = 'chunk-common.js';
/**
 * What is put into one file although its parts are imported one by one: as files of their own they would share their code
 * in ever more and smaller files, which compress badly.
 * @type {Record<string, readonly string[]>}
 */
const loadedTogether = {
  'chunk-commands.js': [
    'src/views/comparison/comparisonPages.ts',
    'src/comparison/offer.ts',
    'src/assistant/toolset.ts',
    'src/views/connection/connectionCommands.ts',
    'src/views/records/recordsCommands.ts',
    'src/views/runs/runCommands.ts',
  ],
  'chunk-scrapes.js': [
    'src/collector/scrapePipeline.ts',
    'src/prometheus/backfill.ts',
    'src/prometheus/prometheusSource.ts',
  ],
};
const entryOf = (/** @type {string} */ name) => `entry-${name}`;

/**
 * The files that a file loads, in an order that does not change from build to build.
 * @param {string} name
 * @param {import('esbuild').Metafile} metafile
 * @param {readonly string[]} kinds of imports: those that are always loaded, or also those that may be
 */
function loadedBy(name, { outputs }, kinds) {
  /** @type {Set<string>} */
  const found = new Set();
  const start = Object.keys(outputs).find((path) => basename(path) === name) ?? '';
  const visit = (/** @type {string} */ path) => {
    for (const { path: target, kind, external } of outputs[path]?.imports ?? []) {
      if (!kinds.includes(kind) || external || found.has(basename(target))) continue;
      found.add(basename(target));
      visit(target);
    }
  };
  visit(start);
  return [...found].sort();
}

/**
 * The files of these sources, which `import()` loads, and those that no other file needs.
 * @param {readonly string[]} sources
 * @param {import('esbuild').Metafile} metafile
 */
function onlyLoadedBy(sources, { outputs }) {
  const names = Object.keys(outputs);
  const found = new Set(names.filter((name) => sources.includes(outputs[name]?.entryPoint ?? '')));
  const importers = (/** @type {string} */ target) =>
    names.filter((name) => outputs[name]?.imports.some(({ path }) => path === target));
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const name of names) {
      const users = importers(name);
      if (!outputs[name]?.entryPoint && users.length > 0 && users.every((user) => found.has(user))) found.add(name);
    }
  }
  return [...found].map((name) => basename(name)).sort();
}

/**
 * What a file exports: its own, unless it is only made of others; of the modules inside it, what other files import of
 * them; and of a package in CommonJS its exports, which esbuild's ES module has as its default.
 * @param {string} name
 * @param {readonly string[]} inside
 * @param {import('esbuild').Metafile} metafile
 */
function entryText(name, inside, { outputs }) {
  const { exports = [] } = Object.entries(outputs).find(([path]) => basename(path) === name)?.[1] ?? {};
  if (exports.join() === 'default') return `module.exports = require('./${name}').default;`;
  return [
    ...(name === commonFile || name in loadedTogether ? [] : [`export * from './${name}';`]),
    ...inside.map((each, index) => `export * as shared${index} from './${each}';`),
  ].join('\n');
}

/**
 * Reads the modules of a build. What is inside another file is taken from there.
 * @param {ReadonlyMap<string, string>} modules texts by name
 * @param {Record<string, readonly string[]>} files the modules inside, by file
 * @returns {import('esbuild').Plugin}
 */
const fromMemory = (modules, files) => ({
  name: 'from-memory',
  setup({ onResolve, onLoad }) {
    /** Where a module is. */
    const places = new Map(
      Object.entries(files).flatMap(([file, inside]) => inside.map((name, index) => [name, { file, index }])),
    );
    const fileOf = (/** @type {string} */ name) => places.get(name)?.file ?? name.replace(/^entry-/, '');
    onResolve({ filter: /^\.\// }, ({ path, kind, importer, namespace }) => {
      const name = basename(path);
      if (kind === 'entry-point' || (namespace === 'memory' && fileOf(name) === fileOf(basename(importer))))
        return { path: join(root, 'dist', name), namespace: 'memory' };
      return places.has(name) ? { path: name, namespace: 'inside' } : { path, external: true };
    });
    onLoad({ filter: /./, namespace: 'memory' }, ({ path }) => ({ contents: modules.get(basename(path)) ?? '' }));
    onLoad({ filter: /./, namespace: 'inside' }, ({ path }) => {
      const { file, index } = places.get(path) ?? {};
      return { contents: `module.exports = require('./${file}').shared${index};` };
    });
  },
});
