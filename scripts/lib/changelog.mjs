/** Reads CHANGELOG.md, for releases. */

/**
 * What keeps a version from being released; undefined if nothing does.
 * @param {string} changelog
 * @param {string} version e.g. `0.2.0`
 * @returns {string | undefined}
 */
export function changelogProblem(changelog, version) {
  const section = changelogSection(changelog, version);
  if (!section) return `CHANGELOG.md has no heading for ${version}`;
  if (/unreleased/i.test(section.heading)) return `CHANGELOG.md says that ${version} is unreleased`;
  if (!/ - \d{4}-\d\d-\d\d$/.test(section.heading)) return `CHANGELOG.md gives ${version} no date such as 2026-01-31`;
  return section.text === '' ? `CHANGELOG.md says nothing about ${version}` : undefined;
}

/**
 * The part about a version.
 * @param {string} changelog
 * @param {string} version
 * @returns {{ heading: string, text: string } | undefined}
 */
export function changelogSection(changelog, version) {
  const [, ...sections] = changelog.split(/^## /m);
  for (const section of sections) {
    const [heading = '', ...lines] = section.split('\n');
    if (heading.startsWith(`[${version}]`)) return { heading: heading.trim(), text: lines.join('\n').trim() };
  }
  return undefined;
}

/**
 * The changelog with the date of a version that was unreleased.
 * @param {string} changelog
 * @param {string} version
 * @param {string} date e.g. `2026-01-31`
 * @returns {string}
 */
export const withReleaseDate = (changelog, version, date) =>
  changelog.replace(new RegExp(`^(## \\[${version.replaceAll('.', '\\.')}\\] - )unreleased$`, 'im'), `$1${date}`);
