/** The file with the licences of the packages that are shipped. */

/** @typedef {import('./bundledPackages.mjs').BundledPackage} BundledPackage */

/** What may be shipped under our licence, Apache-2.0. */
export const allowedLicenses = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

export const noticesFile = 'THIRD_PARTY_NOTICES.txt';

const rule = '-'.repeat(80);

/**
 * A list of the packages, then each different text once. Throws if a package names no licence that may be shipped, or
 * has no text.
 * @param {readonly BundledPackage[]} packages
 * @returns {string}
 */
export function noticesText(packages) {
  for (const { name, license, texts } of packages) {
    if (!allowedLicenses.includes(license)) throw new Error(`${name}: may ${license || 'no licence'} be shipped?`);
    if (texts.length === 0) throw new Error(`${name}: no text of its licence (scripts/lib/bundledPackages.mjs)`);
  }
  const width = Math.max(...packages.map((each) => title(each).length));
  const list = packages.map((each) => `${title(each).padEnd(width)}  ${each.license.padEnd(12)}  ${each.homepage}`);
  /** @type {Map<string, string[]>} */
  const byText = new Map();
  for (const each of packages)
    for (const text of each.texts.map(normalize)) byText.set(text, [...(byText.get(text) ?? []), title(each)]);
  const sections = [...byText].map(([text, titles]) => `${rule}\n${titles.join('\n')}\n${rule}\n\n${text}\n`);
  return [
    'SkyRL Metrics contains code of these packages. Their licences follow. Written by `npm run docs`.\n',
    `${list.join('\n')}\n`,
    ...sections,
  ].join('\n');
}

/** @param {BundledPackage} each */
const title = ({ name, version }) => `${name} ${version}`;

/** @param {string} text */
const normalize = (text) =>
  text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[ \t]+$/gm, '')
    .trim();
