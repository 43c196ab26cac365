/** The catalog's rows, which are TypeScript, by whose families they read. */
import { build } from 'esbuild';
import { join } from 'node:path';
import { root } from '../paths.mjs';

/** @typedef {import('./compare.mjs').Row} Row */

/** @returns {Promise<Row[]>} */
export async function loadCatalog() {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'src/metrics/catalog/index.ts')],
    bundle: true,
    format: 'esm',
    write: false,
  });
  const { catalog } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`);
  return catalog;
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
