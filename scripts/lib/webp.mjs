/** Saves pictures of a page for the docs as WebP, by Chromium's own encoder: a tenth of the size of the PNG. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './paths.mjs';

const folder = join(root, 'media', 'docs');
const quality = 0.6;

/**
 * Saves an element of the page in `media/docs`.
 * @param {import('playwright-core').Page} page
 * @param {import('playwright-core').Locator} element
 * @param {string} name of the file, without its ending
 */
export async function saveWebp(page, element, name) {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.webp`), await toWebp(page, await element.screenshot()));
}

/**
 * @param {import('playwright-core').Page} page whose browser encodes it
 * @param {Buffer} png
 */
async function toWebp(page, png) {
  const blank = await page.context().browser()?.newPage();
  if (!blank) throw new Error('the browser was closed');
  try {
    const address = await blank.evaluate(
      async ({ source, quality }) => {
        const image = new Image();
        image.src = `data:image/png;base64,${source}`;
        await image.decode();
        const canvas = document.createElement('canvas');
        canvas.width = image.width;
        canvas.height = image.height;
        canvas.getContext('2d')?.drawImage(image, 0, 0);
        return canvas.toDataURL('image/webp', quality);
      },
      { source: png.toString('base64'), quality },
    );
    return Buffer.from(address.slice(address.indexOf(',') + 1), 'base64');
  } finally {
    await blank.close();
  }
}
