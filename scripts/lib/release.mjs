/** Raises the version everywhere it is written, as texts. */
import { changelogSection, withReleaseDate } from './changelog.mjs';

/** The files that name the version, by what of them changes with it. */
export const versionedFiles = ['package.json', 'package-lock.json', 'README.md', 'CHANGELOG.md'];

/**
 * @param {Record<string, string>} texts of the versioned files
 * @param {{ version: string, date: string }} release `date`: e.g. `2026-01-31`
 * @returns {Record<string, string>} the texts at that version
 */
export function raised(texts, { version, date }) {
  const { version: old, name } = JSON.parse(texts['package.json'] ?? '{}');
  const change = (/** @type {string} */ file, /** @type {(text: string) => string} */ replace) =>
    replace(texts[file] ?? '');
  const own = `"version": "${old}"`;
  return {
    'package.json': change('package.json', (text) => text.replace(own, `"version": "${version}"`)),
    // Its own version twice, before the first package.
    'package-lock.json': change('package-lock.json', (text) => {
      const end = text.indexOf('"node_modules/');
      return text.slice(0, end).replaceAll(own, `"version": "${version}"`) + text.slice(end);
    }),
    'README.md': change('README.md', (text) => text.replaceAll(`${name}-${old}.vsix`, `${name}-${version}.vsix`)),
    'CHANGELOG.md': change('CHANGELOG.md', (text) => withReleaseDate(text, version, date)),
  };
}

/**
 * Why a version cannot be the next one; undefined if it can. The same version can, while it has no tag.
 * @param {{ version: string, current: string, tags: readonly string[], changelog: string }} state
 * @returns {string | undefined}
 */
export function versionProblem({ version, current, tags, changelog }) {
  if (!/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.test(version)) return `${version} is no version such as 1.2.3`;
  if (tags.includes(`v${version}`)) return `${version} has a tag already`;
  if (compare(version, current) < 0) return `${version} is older than ${current}`;
  const section = changelogSection(changelog, version);
  if (!section) return `CHANGELOG.md has no heading for ${version}: ## [${version}] - unreleased`;
  return section.text === '' ? `CHANGELOG.md says nothing about ${version}` : undefined;
}

/** @param {string} one @param {string} other */
function compare(one, other) {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number));
  const index = [0, 1, 2].find((each) => a?.[each] !== b?.[each]);
  return index === undefined ? 0 : (a?.[index] ?? 0) - (b?.[index] ?? 0);
}
