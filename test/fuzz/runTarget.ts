/** Files of kept runs that are almost right. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { parseRunDocument, RunFileError, serializeRun, type RunDocument } from '../../src/runs/runDocument';
import { nestedConfig } from '../unit/config/support';
import { seconds } from '../unit/rollouts/madeRun';
import { openWindow, workingEngines } from '../unit/runs/watchRuns';
import { breakJson, breaks, type Break } from './brokenJson';
import type { FuzzTarget } from './fuzzTarget';

/** The file of a run of some minutes, made once. */
const watchedRun = (async (): Promise<unknown> => {
  const { keeper, scrape } = openWindow();
  const engines = workingEngines(['a', 'b'], 10, 3);
  await scrape(seconds(0, 280, 10), { session: 'session_1', job: '01000000', engines, config: await nestedConfig() });
  const [run] = await keeper.listRuns();
  return JSON.parse((await keeper.export(run?.id ?? '')).toString()) as unknown;
})();

async function checkRun(all: readonly Break[]): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(breakJson(await watchedRun, all)) ?? '');
  let document: RunDocument;
  try {
    document = await parseRunDocument(bytes);
  } catch (error) {
    assert.ok(error instanceof RunFileError && error.message !== '', String(error));
    return;
  }
  assert.deepEqual(await parseRunDocument(await serializeRun(document)), document, 'read as it was written');
}

export const runTarget: FuzzTarget<{ breaks: Break[] }> = {
  name: 'runs',
  about: 'files of kept runs: refused with a reason, or read as they are written again',
  inputs: fc.record({ breaks }),
  check: ({ breaks: all }) => checkRun(all),
  shortCases: 200,
};
