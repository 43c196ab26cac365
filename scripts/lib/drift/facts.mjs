/** Asks the Python reader for facts of a package's sources. */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const readMs = 180_000;
const script = join(dirname(fileURLToPath(import.meta.url)), 'facts.py');

/**
 * A metric family as a package declares it: a counter without `_total`; the label `*` is only known at run time.
 * @typedef {{ name: string, type: 'gauge' | 'counter' | 'histogram' | 'unknown', labels: string[], path: string }} Family
 *
 * A key of a config: its type with `?` where it may be null. `default` is absent where it is only known at run time.
 * @typedef {{ key: string, type: string, default?: unknown }} ConfigField
 *
 * @typedef {object} Request see facts.py
 * @property {{ prefix: string, baseLabels: string[] }} [families]
 * @property {{ root: string, files: string, keys: string[] }} [config]
 * @property {string[]} [values]
 * @property {string[]} [functions]
 * @property {boolean} [routes]
 * @property {string} [strings]
 * @property {string[]} [texts]
 * @property {string} [classes]
 *
 * @typedef {object} Facts
 * @property {Family[]} [families]
 * @property {ConfigField[]} [config]
 * @property {{ name: string, value: unknown, path: string }[]} [values]
 * @property {{ name: string, expressions: string[], path: string }[]} [functions]
 * @property {string[]} [routes]
 * @property {string[]} [strings] names that begin with the prefix asked for
 * @property {string[]} [texts] those of the request that are a string somewhere
 * @property {Record<string, Record<string, string>>} [classes] strings in the body of each class
 * @property {{ path: string, reason: string }[]} unreadable files that this Python cannot parse
 */

/**
 * @param {string} python
 * @param {string} folder
 * @param {Request} request
 * @returns {Promise<Facts>} rejects with the reader's last line of output if it fails
 */
export function readFacts(python, folder, request) {
  return new Promise((resolve, reject) => {
    const reader = spawn(python, ['-B', script, folder], { stdio: 'pipe', timeout: readMs });
    let [output, errors] = ['', ''];
    reader.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    reader.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
    reader.on('error', reject);
    reader.stdin.on('error', () => undefined);
    reader.stdin.end(JSON.stringify(request));
    reader.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output));
      else reject(new Error(`reading ${folder} failed: ${errors.trim().split('\n').at(-1) || `code ${code}`}`));
    });
  });
}
