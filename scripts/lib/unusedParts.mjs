/** Leaves out of the bundles what packages load and nothing here calls, as plugins of esbuild. */
import { dirname } from 'node:path';

/** What the grammars import of the editor; the build fails where a name is missing. */
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
 * The grammars' packages import an editor for the page, which is never made here; it would double the bundle.
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

/**
 * Files of packages, by the end of their path, and what is bundled in their place.
 * @type {Record<string, string>}
 */
const replacements = {
  // Of undici only what src/http uses (UndiciParts in loadUndici.ts): no fetch, WebSocket, cache, mocks and interceptors, which are two thirds of it.
  // Nor does it become the dispatcher of the whole process.
  'undici/index.js': `
    Object.assign(require('./lib/dispatcher/dispatcher').prototype, require('./lib/api'));
    exports.EnvHttpProxyAgent = require('./lib/dispatcher/env-http-proxy-agent');
    exports.Socks5ProxyAgent = require('./lib/dispatcher/socks5-proxy-agent');`,
  // The parser's fast form needs a processor with SSE 4.1, its other form runs everywhere, and bodies take neither long.
  'undici/lib/llhttp/llhttp_simd-wasm.js': `module.exports = require('./llhttp-wasm.js');`,
  // For bodies that are forms or streams of fetch; ours are texts.
  'undici/lib/web/fetch/body.js': `exports.extractBody = () => { throw new TypeError('not a text'); };`,
  // Checks what a person enters in a form of the client, which our tools never ask for.
  '@modelcontextprotocol/sdk/dist/esm/validation/ajv-provider.js': `
    export class AjvJsonSchemaValidator { getValidator() { throw new Error('no forms'); } }`,
  // Asks Prometheus for the names that complete a query, and caches them; ours come from src/views/scratchpad.
  '@prometheus-io/codemirror-promql/dist/esm/client/prometheus.js': `
    export class HTTPPrometheusClient { constructor() { throw new Error('no client'); } }
    export class CachedPrometheusClient extends HTTPPrometheusClient {}`,
};

/**
 * The build fails if a package has a file no longer, as a new version may.
 * @type {import('esbuild').Plugin}
 */
const replaceFiles = {
  name: 'replace-files',
  setup({ onLoad, onEnd }) {
    const missing = new Set(Object.keys(replacements));
    for (const [end, contents] of Object.entries(replacements)) {
      const filter = new RegExp(`node_modules[\\\\/]${end.replaceAll('.', '\\.').replaceAll('/', '[\\\\/]')}$`);
      onLoad({ filter }, ({ path }) => {
        missing.delete(end);
        return { contents, resolveDir: dirname(path), loader: 'js' };
      });
    }
    onEnd(({ errors }) =>
      errors.length > 0 ? {} : { errors: [...missing].map((end) => ({ text: `no file ${end} to leave out` })) },
    );
  },
};

/** All of them. @type {import('esbuild').Plugin[]} */
export const unusedParts = [withoutEditor, replaceFiles];
