/** A VS Code of its own for pictures. */
import { root } from './paths.mjs';
import { startServer, workspaceUrl } from './vscodeServer.mjs';
import { openWorkbench, showContainer } from './workbench.mjs';

/** The themes of pictures, by name. */
export const themes = { light: 'Default Light Modern', dark: 'Default Dark Modern' };

/**
 * Opens a folder in a new VS Code, with the views of SkyRL; it ends after `use`.
 * @param {object} options
 * @param {string} options.chromium path of the executable
 * @param {string} options.folder
 * @param {Record<string, string | undefined>} options.env of the extension host
 * @param {keyof typeof themes} options.theme
 * @param {{ width: number, height: number }} options.size of the page
 * @param {Record<string, unknown>} [options.settings] more machine settings
 * @param {string} [options.extensionTestsPath] a module that runs in the extension host
 * @param {(page: import('playwright-core').Page) => Promise<void>} use
 */
export async function withPictureWindow(
  { chromium, folder, env, theme, size, settings = {}, extensionTestsPath },
  use,
) {
  const server = await startServer({
    env,
    trusted: true,
    settings: { 'workbench.colorTheme': themes[theme], ...settings },
  });
  const url = workspaceUrl({
    server,
    folder,
    extensionDevelopmentPath: root,
    ...(extensionTestsPath !== undefined && { extensionTestsPath }),
  });
  const { page, close } = await openWorkbench({ url, chromium, size });
  try {
    await showContainer(page, 'SkyRL');
    await use(page);
  } finally {
    await close();
    await server.stop();
  }
}
