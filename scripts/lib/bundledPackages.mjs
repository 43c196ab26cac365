/** Which packages are in what is shipped, by what esbuild says it bundled. */
import { build } from 'esbuild';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shippedBundles } from './bundles.mjs';
import { writerName } from './hostBundles.mjs';
import { root } from './paths.mjs';

/**
 * @typedef {object} BundledPackage
 * @property {string} name
 * @property {string} version
 * @property {string} folder from the root of the repository; a package of which two versions are bundled has two
 * @property {string} license an SPDX expression
 * @property {string} homepage '' if it names none
 * @property {string[]} texts the licence, and notices that have to be passed on
 */

/** The packages with code in the shipped bundles, by name. @returns {Promise<BundledPackage[]>} */
export async function bundledPackages() {
  const results = await Promise.all(
    shippedBundles(join(root, 'dist')).map(({ plugins = [], ...options }) =>
      build({ ...options, write: false, minify: false, plugins: plugins.filter(({ name }) => name !== writerName) }),
    ),
  );
  const folders = results.flatMap(({ metafile }) =>
    Object.values(metafile?.outputs ?? {}).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? packageFolder(file) : [])),
    ),
  );
  return Promise.all([...new Set(folders)].sort().map(readPackage));
}

/** @param {string} file @returns {string[]} the innermost package's folder; none for a source of our own */
function packageFolder(file) {
  const [folder] = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [];
  return folder === undefined ? [] : [folder];
}

/** @param {string} folder @returns {Promise<BundledPackage>} */
async function readPackage(folder) {
  const path = join(root, folder);
  const { name, version, license, homepage, repository } = JSON.parse(
    await readFile(join(path, 'package.json'), 'utf8'),
  );
  const address = homepage ?? addressOf(repository) ?? '';
  const files = (await readdir(path)).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file)).sort();
  return {
    name,
    version,
    folder,
    license: typeof license === 'string' ? license : '',
    homepage: address,
    texts:
      files.length > 0
        ? await Promise.all(files.map((file) => readFile(join(path, file), 'utf8')))
        : textElsewhere(name),
  };
}

/** Packages without a file of their licence, which their repository has. */
const withoutText = {
  names: ['@microsoft/fast-element', '@microsoft/fast-foundation', '@microsoft/fast-web-utilities'],
  text: `MIT License

Copyright (c) Microsoft Corporation. All rights reserved.

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
`,
};

/** @param {string} name */
const textElsewhere = (name) => (withoutText.names.includes(name) ? [withoutText.text] : []);

/** @param {{ url?: string } | string | undefined} repository */
function addressOf(repository) {
  const url = typeof repository === 'string' ? repository : repository?.url;
  // npm's short form of an address on GitHub.
  const [, short] = /^(?:github:)?([\w-]+\/[\w.-]+)$/.exec(url ?? '') ?? [];
  return short === undefined
    ? url
        ?.replace(/^git\+/, '')
        .replace(/\.git$/, '')
        .replace(/^git:/, 'https:')
    : `https://github.com/${short}`;
}
