/** The README and the pages for the package of an extension that has no public home. */

const fence = /(^```[\s\S]*?^```)/m;
const picture = /!\[[^\]]*\]\(([^)\s]+)[^)]*\)|<img\b[^>]*\bsrc=["']([^"']+)["'][^>]*>/g;
const link = /\[([^\]]*)\]\(([^)\s]+)\)/g;

const note = `

---

The user guide and the page about metrics are in the folder of the installed extension; **Extensions: Open Extensions
Folder** leads to it. The other pages named here are in the repository only.
`;

/**
 * VS Code's page of an installed extension shows pictures and follows links by https only. vsce makes such links from
 * the repository; without one, pictures would show as broken and links lead nowhere. So pictures go, and a link to a
 * file becomes its text with the file's path.
 * @param {string} markdown
 * @returns {string}
 */
export function readmeWithoutHome(markdown) {
  const parts = markdown.split(fence).map((part) => (part.startsWith('```') ? part : withoutFiles(part)));
  return parts.join('').trimEnd() + note;
}

/** A page without its pictures, which the package does not have. @param {string} markdown @returns {string} */
function withoutPictures(markdown) {
  return markdown
    .replace(picture, (whole, /** @type {string} */ target, /** @type {string} */ source) =>
      isFile(target ?? source) ? '' : whole,
    )
    .replace(/\n{3,}/g, '\n\n');
}

/**
 * A page as it is packaged: without pictures, and with the text of a link to a file that is not packaged.
 * @param {string} markdown
 * @param {(target: string) => boolean} isPackaged
 * @returns {string}
 */
export function packagedPage(markdown, isPackaged) {
  return withoutPictures(markdown).replace(link, (whole, /** @type {string} */ text, /** @type {string} */ target) =>
    !isFile(target) || isPackaged(target.replace(/#.*/, '')) ? whole : text,
  );
}

/** @param {string} markdown without code blocks */
function withoutFiles(markdown) {
  return withoutPictures(markdown)
    .replace(link, (whole, /** @type {string} */ text, /** @type {string} */ target) => {
      if (!isFile(target)) return whole;
      return text === '' ? '' : `${text} (\`${target.replace(/#.*/, '')}\`)`;
    })
    .replace(/\n{3,}/g, '\n\n');
}

/** @param {string} target of a link: a file of the repository, or an address, or a heading of the same page */
function isFile(target) {
  return !/^([a-z][a-z\d+.-]*:|#)/i.test(target);
}
