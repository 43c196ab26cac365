/** Names of files that are made of text from outside, written to the file system and read back. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { parseFileName, runFileKey } from '../../../src/history/historyFile';
import { isPortableId, toFileName } from '../../../src/shared/fileName';

/** Characters that mean something to file systems, shells or eyes, and names that mean something to Windows. */
const text = fc.oneof(
  fc.string({
    unit: fc.constantFrom(...'/\\:*?"<>|.-_~$`\' \0\n\r\t\u001b\u007f\u0085\u202e\u200fa1é大😀', '\ud800', '\udc00'),
  }),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', minLength: 100, maxLength: 400 }),
  fc.constantFrom(
    '',
    '.',
    '..',
    '...',
    '-',
    '-rf',
    'CON',
    'con.txt',
    'Nul',
    'LPT1',
    'com¹',
    'a.',
    'a ',
    '~',
    '大'.repeat(300),
  ),
);
const suffix = fc.constantFrom('.skyrl-run.json', '.csv', '.jsonl');
const windowsDevice = /^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(?:\..*)?$/i;

describe('toFileName', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'skyrl-names-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('names one file of its folder, which the file system gives back as it is', () =>
    fc.assert(
      fc.property(text, suffix, (untrusted, ending) => {
        const name = toFileName(untrusted, { suffix: ending, fallback: 'run' });
        writeFileSync(path.join(folder, name), 'x');
        assert.deepEqual(readdirSync(folder), [name]);
        rmSync(path.join(folder, name));
        assert.equal(path.win32.basename(name), name);
        assert.ok(name.endsWith(ending) && name.length > ending.length, name);
        assert.ok(Buffer.byteLength(`${name} (2).gz`) <= 255, name);
        assert.doesNotMatch(name, /[\p{C}\p{Z}/\\:*?"<>|$`'~]|^[.-]/u);
        assert.doesNotMatch(name, windowsDevice);
      }),
      { numRuns: 500 },
    ));

  it('is one word of a shell, and no option', () => {
    const names = fc
      .sample(text, { numRuns: 300, seed: 1 })
      .map((untrusted) => toFileName(untrusted, { suffix: '.csv', fallback: 'run' }));
    const shown = execFileSync('bash', ['--norc', '-s'], { input: `printf '%s\\0' ${names.join(' ')}\n`, cwd: folder });
    assert.deepEqual(shown.toString().split('\0').slice(0, -1), names);
  });

  for (const [untrusted, name] of [
    ['my-run session_2026 / 01', 'my-run-session_2026-01.csv'],
    ['Lauf für 大きい', 'Lauf-für-大きい.csv'],
    ['हिन्दी', 'हिन्दी.csv'],
    ['../../etc/passwd', 'etc-passwd.csv'],
    ['CON', '_CON.csv'],
    ['a\u202efdp.exe', 'a-fdp.exe.csv'],
    ['...', 'run.csv'],
    ['x'.repeat(500), `${'x'.repeat(236)}.csv`],
    ['大'.repeat(500), `${'大'.repeat(78)}.csv`],
  ] as const)
    it(`makes ${name.slice(0, 40)} of ${JSON.stringify(untrusted.slice(0, 40))}`, () =>
      assert.equal(toFileName(untrusted, { suffix: '.csv', fallback: 'run' }), name));
});

describe('names of files of the history', () => {
  it('are different for any two runs, also where capitals make no difference', () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.oneof(text, fc.constantFrom('abc', 'ABC', 'Abc', 'con', 'CON')), { maxLength: 8 }),
        (runs) => {
          const keys = runs.map((run) => runFileKey(run).toLowerCase());
          assert.equal(new Set(keys).size, runs.length);
          for (const key of keys) {
            const name = `${key}.points.1.w.skyrl`;
            assert.equal(parseFileName(name)?.run, key);
            assert.doesNotMatch(name, windowsDevice);
          }
        },
      ),
    ));
});

describe('isPortableId', () => {
  for (const [id, expected] of [
    ['20261124-120000-ab12', true],
    ['run_1', true],
    ['2026-11-24T12-00-00-000Z-ab12', true],
    ['nul', false],
    ['-rf', false],
    ['', false],
    ['a'.repeat(65), false],
    ['../a', false],
  ] as const)
    it(`is ${expected} for ${JSON.stringify(id)}`, () => assert.equal(isPortableId(id), expected));
});
