/** Fetches the sources of a package's wheel from PyPI with pip. Nothing is installed or run; only sources are kept, by version. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached } from '../cache.mjs';
import { cacheDir } from '../paths.mjs';
import { launch, run } from '../processes.mjs';
import { say } from '../progress.mjs';
import { which } from '../which.mjs';

const indexMs = 60_000;
const downloadMs = 900_000;
const progressMs = 5000;
const mostMegabytes = 1500;

/** The newest SkyRL needs Python 3.12; the wheels for Linux are looked at, whatever this machine is. */
const platform = [
  '--only-binary=:all:',
  '--python-version=3.12',
  '--implementation=cp',
  ...['cp312', 'abi3', 'none'].map((abi) => `--abi=${abi}`),
  ...['2_39', '2_35', '2_34', '2_31', '2_28', '2_27', '2_24', '2_17'].map(
    (libc) => `--platform=manylinux_${libc}_x86_64`,
  ),
  '--platform=manylinux2014_x86_64',
  '--platform=any',
];
const quiet = ['--disable-pip-version-check', '--no-input'];

/** @typedef {{ version: string, folder: string } | { reason: string }} Sources */

/** A Python with pip. @returns {Promise<{ python: string } | { reason: string }>} */
export async function findPip() {
  for (const name of ['python3', 'python']) {
    const python = which(name);
    if (python && (await run(python, ['-m', 'pip', '--version'], { timeoutMs: indexMs })).code === 0) return { python };
  }
  return { reason: 'no Python with pip on PATH' };
}

/**
 * The releases of a package that have a wheel, the newest first.
 * @param {string} python
 * @param {string} name
 * @returns {Promise<{ versions: string[] } | { reason: string }>}
 */
export async function releases(python, name) {
  const args = ['-m', 'pip', 'index', 'versions', name, ...platform, ...quiet];
  const { code, output } = await run(python, args, { timeoutMs: indexMs });
  const versions = /^Available versions: (.*)$/m.exec(output)?.[1]?.split(', ') ?? [];
  if (code === 0 && versions.length > 0) return { versions };
  return { reason: `PyPI has no release of ${name} for Python 3.12 on Linux: ${lastLine(output)}` };
}

/**
 * The sources of one release, or of the newest.
 * @param {string} python
 * @param {string} name
 * @param {string} [version]
 * @returns {Promise<Sources>}
 */
export async function wheelSources(python, name, version) {
  const found = version === undefined ? await releases(python, name) : { versions: [version] };
  if ('reason' in found) return found;
  const wanted = found.versions[0] ?? '';
  const key = `sources-${name}-${wanted}`;
  const place = join(cacheDir(), key);
  if (existsSync(place)) return { version: wanted, folder: place };
  try {
    const folder = await cached(key, (temporary) => fetchSources(python, `${name}==${wanted}`, temporary));
    return { version: wanted, folder };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * @param {string} python
 * @param {string} spec e.g. `vllm==0.33.0`
 * @param {string} temporary
 */
async function fetchSources(python, spec, temporary) {
  const [downloads, sources] = [join(temporary, 'download'), join(temporary, 'sources')];
  await mkdir(downloads);
  await download(python, spec, downloads);
  const wheel = (await readdir(downloads)).find((file) => file.endsWith('.whl'));
  if (!wheel) throw new Error(`pip download ${spec} left no wheel`);
  const script = join(dirname(fileURLToPath(import.meta.url)), 'extract_sources.py');
  const args = [script, join(downloads, wheel), sources];
  const { code, output } = await run(python, args, { timeoutMs: downloadMs });
  if (code !== 0) throw new Error(`the sources of ${wheel} could not be read: ${lastLine(output)}`);
  return sources;
}

/**
 * Downloads one wheel, without its dependencies, and says how far it is. Ends at the deadline, and where the wheel is too large.
 * @param {string} python
 * @param {string} spec
 * @param {string} folder
 */
async function download(python, spec, folder) {
  const args = ['-m', 'pip', 'download', spec, '--no-deps', ...platform, ...quiet];
  let size = '';
  let reason = '';
  const pip = launch(python, [...args, '--no-cache-dir', '--progress-bar=off', '--dest', folder], {
    // pip downloads into a folder for temporary files; here its growth is the progress.
    env: { TMPDIR: folder, TEMP: folder, TMP: folder },
    onText: (text) => {
      const [, amount = '', unit = ''] = /Downloading \S+ \(([\d.]+) (kB|MB|GB)\)/.exec(text) ?? [];
      if (amount === '') return;
      size = ` of ${amount} ${unit}`;
      if (Number(amount) * (unit === 'GB' ? 1000 : unit === 'kB' ? 0.001 : 1) > mostMegabytes) {
        reason = `its wheel has ${amount} ${unit}, more than ${mostMegabytes} MB`;
        void pip.stop();
      }
    },
  });
  const beat = setInterval(() => {
    void folderBytes(folder).then((bytes) => say(`Downloading ${spec}: ${(bytes / 1e6).toFixed(0)} MB${size}`));
  }, progressMs);
  const deadline = setTimeout(() => {
    reason = `nothing after ${downloadMs / 1000} s`;
    void pip.stop();
  }, downloadMs);
  const { code } = await pip.exited;
  clearInterval(beat);
  clearTimeout(deadline);
  await pip.stop();
  if (reason || code !== 0) throw new Error(`pip download ${spec}: ${reason || lastLine(pip.output())}`);
  say(`Downloaded ${spec}${size.replace(' of', ',')}`);
}

/** The size of everything in a folder; files that go away meanwhile count nothing. @param {string} folder */
async function folderBytes(folder) {
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    files.map((file) =>
      stat(join(folder, file)).then(
        (info) => (info.isFile() ? info.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** @param {string} output */
function lastLine(output) {
  return output.trim().split('\n').at(-1)?.trim() || 'no output';
}
