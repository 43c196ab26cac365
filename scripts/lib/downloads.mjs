/** What the stages need that no checkout holds: found on this machine, or installed once. */
import { findChromium } from './chromium.mjs';
import { inScope } from './cleanup.mjs';
import { findNginx, findPrometheus, findVictoriaMetrics } from './prometheus.mjs';
import { findEnvironment } from './python.mjs';
import { installVsCode } from './vscodeServer.mjs';
import { within } from './waiting.mjs';

/**
 * @typedef {{ path: string } | { reason: string }} Found the program, or why there is none
 *
 * @typedef {object} Download
 * @property {number} seconds its deadline
 * @property {() => Promise<Found>} find
 */

/** @satisfies {Record<string, Download>} */
export const downloads = {
  chromium: { seconds: 900, find: findChromium },
  'vscode-server': { seconds: 900, find: findVsCodeServer },
  ray: { seconds: 600, find: findRay },
  prometheus: { seconds: 900, find: findPrometheus },
  'victoria-metrics': { seconds: 900, find: findVictoriaMetrics },
  nginx: { seconds: 300, find: findNginx },
};

/** @typedef {keyof typeof downloads} DownloadName */

/** @typedef {Partial<Record<DownloadName, Found>>} Downloads */

/**
 * Finds or installs these, side by side; never rejects.
 * @param {readonly DownloadName[]} names
 * @returns {Promise<Downloads>}
 */
export async function obtain(names) {
  const found = await Promise.all(names.map(async (name) => [name, await obtainOne(name, downloads[name])]));
  return Object.fromEntries(found);
}

/**
 * @param {string} name
 * @param {Download} download
 * @returns {Promise<Found>}
 */
async function obtainOne(name, { seconds, find }) {
  try {
    // What a late one started ends with its scope.
    return await inScope(() => within(find(), seconds * 1000, name));
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/** @returns {Promise<Found>} */
async function findVsCodeServer() {
  try {
    return { path: (await installVsCode()).main };
  } catch (error) {
    return { reason: `the VS Code server could not be installed: ${error instanceof Error ? error.message : error}` };
  }
}

/** @returns {Promise<Found>} a Python that has this Ray */
async function findRay() {
  const environment = await findEnvironment('ray[default]==2.57.0');
  return 'python' in environment ? { path: environment.python } : environment;
}
