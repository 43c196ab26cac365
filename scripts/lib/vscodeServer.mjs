/**
 * A real VS Code without Electron: the VS Code server that npm's `code-server` carries, run directly.
 * Its workbench is a page, its extension host is Node; what is lost is the terminal.
 */
import { randomBytes } from 'node:crypto';
import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cached, unpack } from './cache.mjs';
import { npm } from './npm.mjs';
import { root } from './paths.mjs';
import { launch } from './processes.mjs';
import { step } from './progress.mjs';
import { temporaryDir } from './temporary.mjs';
import { until } from './waiting.mjs';

/** code-server's version; it carries the VS Code of the same minor version (4.139 is VS Code 1.139). */
export const defaultVersion = '4.139.1';

/** Counts the changes of how it is installed, so that an older install is not taken for this one. */
const recipe = 2;

/** Nothing that asks, downloads or greets. */
export const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
};

/**
 * Installs the server and the Node it needs into the user's cache, once.
 * @param {{ version?: string }} [options]
 * @returns {Promise<{ main: string, node: string }>} absolute paths of the server's script and of its Node
 */
export async function installVsCode({ version = defaultVersion } = {}) {
  const folder = await cached(`code-server-${version}-${recipe}`, (temporary) =>
    step(`Installing the VS Code server (npm code-server@${version})`, (report) =>
      makeServer(version, temporary, report),
    ),
  );
  const { node } = JSON.parse(await readFile(join(folder, 'needs.json'), 'utf8'));
  return { main: join(folder, 'out', 'server-main.js'), node: await installNode(node) };
}

/**
 * @param {string} version
 * @param {string} temporary
 * @param {(detail: string) => void} report
 */
async function makeServer(version, temporary, report) {
  const unpacked = await unpack(`code-server@${version}`, temporary, report, 'about 50 MB');
  const { engines } = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8'));
  const folder = join(unpacked, 'lib', 'vscode');
  const major = Number.parseInt(engines.node.replace(/^\D+/, ''), 10);
  await writeFile(join(folder, 'needs.json'), JSON.stringify({ node: major }));
  const node = await installNode(major);
  report('installing its packages');
  // Without scripts nothing is compiled: a terminal is not needed here, a compiler neither.
  await npm(['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    timeoutMs: 300_000,
    env: { PATH: `${dirname(node)}${delimiter}${process.env.PATH}`, npm_config_omit: undefined },
  });
  await copyFile(
    join(root, 'scripts', 'lib', 'spdlogShim.cjs'),
    join(folder, 'node_modules', '@vscode', 'spdlog', 'index.js'),
  );
  return folder;
}

/**
 * @param {number} major
 * @returns {Promise<string>} absolute path of a Node of that major version
 */
async function installNode(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${system}-${process.arch}`;
  const folder = await cached(`${name}-${major}`, (temporary) =>
    step(`Installing Node ${major} (npm ${name})`, (report) =>
      unpack(`${name}@${major}`, temporary, report, 'about 50 MB'),
    ),
  );
  return join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/**
 * @typedef {object} Server
 * @property {number} port
 * @property {string} url with the token that keeps other users of this machine out
 * @property {string} serverDataDir
 * @property {Promise<unknown>} exited
 * @property {() => Promise<void>} stop ends the server and its extension hosts
 */

/**
 * Starts the server on a free port of 127.0.0.1.
 * @param {object} [options]
 * @param {string} [options.version]
 * @param {string} [options.serverDataDir] a temporary one, removed at the end, when left out
 * @param {Record<string, string | undefined>} [options.env] what extension hosts see; `undefined` takes a variable away
 * @param {Record<string, unknown>} [options.settings] machine settings of this server
 * @param {boolean} [options.trusted] trusts every folder without asking, in this server only
 * @param {readonly string[]} [options.extensions] folders of extensions that are installed in it, as they are
 * @param {string} [options.logFile]
 * @returns {Promise<Server>}
 */
export async function startServer({
  version,
  serverDataDir,
  env = {},
  settings = {},
  trusted = false,
  extensions = [],
  logFile,
} = {}) {
  const { main, node } = await installVsCode(version ? { version } : {});
  const dataDir = serverDataDir ?? (await temporaryDir('skyrl-vscode-'));
  const machine = join(dataDir, 'data', 'Machine');
  await mkdir(machine, { recursive: true });
  await writeFile(join(machine, 'settings.json'), JSON.stringify({ ...quietSettings, ...settings }, undefined, 2));
  for (const folder of extensions) await cp(folder, join(dataDir, 'extensions', basename(folder)), { recursive: true });
  const tokenFile = join(dataDir, 'token');
  const token = randomBytes(16).toString('hex');
  await writeFile(tokenFile, token, { mode: 0o600 });

  // On Linux its sockets go here; it leaves them behind.
  const sockets = serverDataDir ? {} : { XDG_RUNTIME_DIR: dataDir };
  const lifeline = process.platform === 'win32' ? [] : ['--require', join(root, 'scripts', 'lib', 'lifeline.cjs')];
  const server = launch(
    node,
    [
      ...lifeline,
      main,
      '--host',
      '127.0.0.1',
      '--port',
      '0',
      '--connection-token-file',
      tokenFile,
      '--accept-server-license-terms',
      '--server-data-dir',
      dataDir,
      '--telemetry-level',
      'off',
      // Without it the workbench ignores the extension and the tests named in the page's address.
      '--enable-smoke-test-driver',
      // The setting `security.workspace.trust.enabled` does not work here: remote machine settings cannot hold it.
      ...(trusted ? ['--disable-workspace-trust'] : []),
    ],
    {
      cwd: dataDir,
      openStdin: true,
      env: { ...withoutHostVariables(), ...sockets, ...env },
      ...(logFile ? { logFile } : {}),
    },
  );
  let ended = false;
  void server.exited.then(() => {
    ended = true;
  });
  try {
    const port = await step('Starting VS Code', () =>
      until(
        () => {
          if (ended) throw new Error(`the VS Code server ended:\n${server.output().slice(-2000)}`);
          const match = /listening on (\d+)/.exec(server.output());
          return match ? Number(match[1]) : undefined;
        },
        60_000,
        'the VS Code server',
        20,
      ),
    );
    return {
      port,
      url: `http://127.0.0.1:${port}/?tkn=${token}`,
      serverDataDir: dataDir,
      exited: server.exited,
      stop: server.stop,
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/**
 * The page that opens `folder` in that server, with the extension under development and, to run tests, their module.
 * @param {object} options
 * @param {Pick<Server, 'url'>} options.server
 * @param {string} [options.folder] absolute, of a folder or a .code-workspace file; without it an empty window
 * @param {string} [options.extensionDevelopmentPath] absolute
 * @param {string} [options.extensionTestsPath] absolute path of a module that exports `run(): Promise<void>`
 */
export function workspaceUrl({ server, folder, extensionDevelopmentPath, extensionTestsPath }) {
  const url = new URL(server.url);
  const remote = (/** @type {string} */ path) => `vscode-remote://${url.host}${pathToFileURL(path).pathname}`;
  const payload = [
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  if (extensionDevelopmentPath) payload.push(['extensionDevelopmentPath', remote(extensionDevelopmentPath)]);
  if (extensionTestsPath) payload.push(['extensionTestsPath', remote(extensionTestsPath)]);
  if (folder)
    url.searchParams.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', pathToFileURL(folder).pathname);
  else url.searchParams.set('ew', 'true');
  url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

/** A VS Code that started this script must not steer the one that is started here, nor npm's settings its extensions. */
function withoutHostVariables() {
  const names = Object.keys(process.env).filter((name) =>
    /^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS$|INIT_CWD$)/.test(name),
  );
  return Object.fromEntries(names.map((name) => [name, undefined]));
}
