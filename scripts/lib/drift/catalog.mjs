/** What the extension's sources claim, which are TypeScript: the catalog's rows by exporter, and the newest known releases. */
import { build } from 'esbuild';
import { join } from 'node:path';
import { root } from '../paths.mjs';

/** @typedef {import('./compare.mjs').Row} Row */

/** @param {string} file from the root */
async function load(file) {
  const { outputFiles } = await build({
    entryPoints: [join(root, file)],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`);
}

/** @returns {Promise<Row[]>} */
export async function loadCatalog() {
  return (await load('src/metrics/catalog/index.ts')).catalog;
}

/** The newest known release of each package, as `major.minor`. @returns {Promise<Record<string, string>>} */
export async function loadNewestKnown() {
  return (await load('src/shared/knownReleases.ts')).newestKnown;
}

/** Prefixes of canonical names that are another exporter's than vLLM. */
const exporters = /^(skyrl|node|dynamo|lmcache|http|process)_/;

/**
 * The rows whose families are this exporter's: `vllm`, or a prefix of canonical names such as `dynamo_frontend`.
 * @param {readonly Row[]} rows
 * @param {string} exporter
 */
export function rowsOf(rows, exporter) {
  return rows.filter(({ families }) =>
    families.some((name) => (exporter === 'vllm' ? !exporters.test(name) : name.startsWith(`${exporter}_`))),
  );
}
