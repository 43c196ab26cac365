/** Writes what is shipped as a software bill of materials in the format of CycloneDX. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundledPackages } from './bundledPackages.mjs';
import { npm } from './npm.mjs';
import { root } from './paths.mjs';

/**
 * @typedef {{ 'bom-ref': string, name: string, version: string, [key: string]: unknown }} Component
 * @typedef {{ metadata: { component: Component, [key: string]: unknown }, components: Component[],
 *   dependencies: { ref: string, dependsOn?: string[] }[], [key: string]: unknown }} Bom
 */

/**
 * The packages with code in the bundles. npm lists all that are installed with the dependencies, by the lock file alone,
 * and most of them are not bundled.
 * @param {readonly import('./bundledPackages.mjs').BundledPackage[]} bundled
 * @returns {Promise<Bom>}
 */
export async function bundledBom(bundled) {
  const [listed, manifest, texts] = await Promise.all([
    npmList(),
    readJson('package.json'),
    readJson('package.nls.json'),
  ]);
  const shipped = new Set(bundled.map(({ name, version }) => `${name}@${version}`));
  /** @type {Bom} */
  const bom = JSON.parse(listed);
  const own = bom.metadata.component;
  const kept = bom.components.filter(({ name, version }) => shipped.has(`${name}@${version}`));
  const missing = [...shipped].filter((id) => !kept.some(({ name, version }) => `${name}@${version}` === id));
  if (missing.length > 0) throw new Error(`the lock file has no ${missing.join(', ')}`);
  const refs = new Set([own['bom-ref'], ...kept.map((component) => component['bom-ref'])]);
  return {
    ...bom,
    metadata: {
      ...bom.metadata,
      // npm takes the name from the folder of the checkout.
      component: {
        ...own,
        type: 'application',
        name: manifest.name,
        description: texts.description,
      },
    },
    // To npm a package is in scope `optional` or `excluded` by where it is listed; what is bundled is required.
    components: kept.map((component) => ({ ...component, scope: 'required' })),
    dependencies: bom.dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) })),
  };
}

/** Everything that the lock file names; without those for development npm leaves out some that both need. */
async function npmList() {
  let text = '';
  await npm(['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--loglevel', 'silent'], {
    cwd: root,
    timeoutMs: 60_000,
    onText: (chunk) => (text += chunk),
  });
  return text;
}

/** @param {string} vsix its path; the list is written beside it @returns {Promise<string>} the path */
export async function writeBom(vsix) {
  const path = vsix.replace(/\.vsix$/, '.cdx.json');
  await writeFile(path, `${JSON.stringify(await bundledBom(await bundledPackages()), undefined, 2)}\n`);
  return path;
}

/** @param {string} file */
const readJson = async (file) => JSON.parse(await readFile(join(root, file), 'utf8'));
