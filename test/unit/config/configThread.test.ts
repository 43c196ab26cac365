/** Configs that are read in a thread, and what happens to those that take too long or too much. */
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createConfigThread, readingDeadlineMs, type ConfigThread } from '../../../src/config/configThread';
import { readConfig } from '../../../src/config/readConfig';
import { systemClock } from '../../../src/shared/clock';
import { manualClock } from '../support/clock';

const program = path.resolve('dist/configWorker.js');
const options = { file: '/w/a.yaml', environment: { HOME: '/h' } };
const text = 'generator:\n  inference_engine: {num_engines: 4, note: "${oc.env:HOME}"}\n';

describe('configThread', () => {
  const threads: ConfigThread[] = [];
  const folder = mkdtempSync(path.join(tmpdir(), 'skyrl-thread-'));
  after(() => rmSync(folder, { recursive: true }));
  afterEach(() => threads.splice(0).forEach((thread) => thread.dispose()));

  function start(source: string | undefined, clock = systemClock): ConfigThread {
    const own = path.join(folder, `${threads.length}.js`);
    if (source !== undefined) writeFileSync(own, `const { parentPort } = require('node:worker_threads');\n${source}`);
    const thread = createConfigThread({ program: source === undefined ? program : own, clock, memoryMb: 64 });
    threads.push(thread);
    return thread;
  }

  it('reads what readConfig reads, several at once', async () => {
    const { read } = start(undefined);
    const readings = await Promise.all([read(text, options), read('x: 1', options), read('a: [', options)]);
    assert.deepEqual(readings, [
      await readConfig(text, options),
      await readConfig('x: 1', options),
      await readConfig('a: [', options),
    ]);
  });

  it('gives up a text that takes too long, and reads the next one', async () => {
    const clock = manualClock();
    const thread = start(
      `parentPort.on('message', ({ text }) => { while (text === 'x'); parentPort.postMessage({ reading: text }); });`,
      clock,
    );
    const [first, second] = [thread.read('x', options), thread.read('y', options)];
    await clock.advance(readingDeadlineMs);
    const [finding] = (await first).findings;
    assert.equal(finding?.id, 'config-too-entangled');
    assert.match(finding.message, /^Reading this file was given up: it took over 20 s\. Move /);
    assert.equal(await second, 'y');
  });

  for (const [what, source, message] of [
    [
      'fills the memory',
      `parentPort.on('message', () => { const all = []; for (;;) all.push({ a: [1] }); });`,
      /64 MB/,
    ],
    ['ends the thread', `parentPort.on('message', () => process.exit(1));`, /the thread ended/],
    ['throws', `parentPort.on('message', () => { throw new Error('odd'); });`, /odd/],
    ['is refused', `parentPort.on('message', () => parentPort.postMessage({ error: 'odd' }));`, /an error \(odd\)/],
  ] as const)
    it(`gives a finding for a text that ${what}`, async () => {
      const { config, findings } = await start(source).read('x', options);
      assert.equal(config, undefined);
      assert.match(findings[0]?.message ?? '', message);
    });

  it('reads nothing once it is disposed of', async () => {
    const thread = start(undefined);
    thread.dispose();
    assert.match((await thread.read(text, options)).findings[0]?.message ?? '', /closing/);
  });
});
