/** What the script in use says about its cluster, and what comes before it. */
import { strict as assert } from 'node:assert';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { HintName } from '../../../src/config/types';
import { dashboardAddress } from '../../../src/discovery/dashboardAddress';
import { readDiscoveryFile } from '../../../src/discovery/discoveryFile';
import { describeHint, parsePort, toScriptHints, type ScriptHint } from '../../../src/discovery/scriptHints';

const file = '/jobs/run.sbatch';
const script = readFileSync('test/fixtures/clusters/tmpdir-in-script/run.sbatch', 'utf8').split('\n');
const lineOf = (text: string): number => script.findIndex((line) => line.includes(text)) + 1;
const hint = (name: HintName, value: string): ScriptHint => ({ name, value, file, line: lineOf(name) });
const hints = [
  hint('RAY_TMPDIR', '/scratch/user1/r'),
  hint('RAY_ADDRESS', '127.0.0.1:6400'),
  hint('--dashboard-port', '8275'),
];

describe('the script’s hints', () => {
  it('are its settings that are known, with their lines', () => {
    const startLine = lineOf('RAY_TMPDIR') - 1;
    const range = { startLine, startCharacter: 0, endLine: startLine, endCharacter: 1 };
    const found = toScriptHints({
      file,
      environmentHints: [
        { name: 'RAY_TMPDIR', value: ' /scratch/user1/r ', range },
        { name: 'RAY_ADDRESS', value: undefined, range },
      ],
    });
    assert.deepEqual(found, [hints[0]]);
    assert.equal(describeHint(hints[0]!), 'RAY_TMPDIR in run.sbatch, line 3');
    assert.deepEqual(toScriptHints(undefined), []);
    assert.deepEqual(toScriptHints({ file, environmentHints: [] }), []);
  });

  it('name the dashboard if neither setting nor environment does', () => {
    assert.deepEqual(dashboardAddress('', {}, hints), {
      url: 'http://127.0.0.1:8275',
      configuredBy: 'script',
      hint: hints[2],
    });
    assert.equal(dashboardAddress('head:1', {}, hints).url, 'http://head:1');
    assert.equal(dashboardAddress('', { RAY_ADDRESS: 'head:6379' }, hints).configuredBy, 'RAY_ADDRESS');
  });

  const addresses: [ScriptHint[], string, string][] = [
    [[hint('RAY_ADDRESS', '10.0.0.5:6379')], 'http://10.0.0.5:8265', 'script'],
    [[hint('RAY_ADDRESS', '[fd00::7]:6379'), hint('--dashboard-port', '8266')], 'http://[fd00::7]:8266', 'script'],
    [[hint('RAY_ADDRESS', 'http://head:9000/'), hint('--dashboard-port', '8266')], 'http://head:9000', 'script'],
    [[hint('RAY_ADDRESS', '127.0.0.1:6400')], 'http://127.0.0.1:8265', 'default'],
    [[hint('RAY_ADDRESS', 'auto'), hint('--dashboard-port', '8265')], 'http://127.0.0.1:8265', 'default'],
    [[hint('--dashboard-port', '99999')], 'http://127.0.0.1:8265', 'default'],
  ];
  for (const [given, url, configuredBy] of addresses)
    it(`name ${url} by ${given.map(({ value }) => value).join(' and ')}`, () => {
      const found = dashboardAddress('', {}, given);
      assert.deepEqual([found.url, found.configuredBy], [url, configuredBy]);
    });

  it('have ports from 1 to 65,535', () => {
    assert.deepEqual(['1', ' 8275 ', '65535', '0', '65536', '-1', '80x', '', undefined].map(parsePort), [
      1,
      8275,
      65_535,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('the folder of the service-discovery file', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'skyrl-hints-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (...parts: string[]): string => {
    const path = join(folder, ...parts, 'prom_metrics_service_discovery.json');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '[{"targets": ["192.0.2.9:1"]}]');
    return path;
  };

  it('is the script’s if the environment names none', async () => {
    const inScript = write('script', 'ray');
    const tmpdirHint = hint('RAY_TMPDIR', join(folder, 'script'));
    const found = await readDiscoveryFile({}, Date.now(), [tmpdirHint]);
    assert.deepEqual([found?.path, found?.origin, found?.hint], [inScript, 'script', tmpdirHint]);
    const named = write('environment');
    const byPerson = await readDiscoveryFile({ RAY_TMPDIR: join(folder, 'environment') }, Date.now(), [tmpdirHint]);
    assert.deepEqual([byPerson?.path, byPerson?.origin, byPerson?.hint], [named, 'RAY_TMPDIR', undefined]);
  });

  it('is Ray’s folder itself by --temp-dir', async () => {
    const itself = write('temporary');
    const found = await readDiscoveryFile({}, Date.now(), [hint('--temp-dir', join(folder, 'temporary'))]);
    assert.equal(found?.path, itself);
  });

  it('is not the default one if the script names a folder without a file', async () => {
    assert.equal(await readDiscoveryFile({}, Date.now(), [hint('RAY_TMPDIR', join(folder, 'missing'))]), undefined);
  });
});
