/** Runs that a window has watched, for tests of their files. */
import assert from 'node:assert/strict';
import type { KeptRun } from '../../../src/runs/run';
import type { RunDocument } from '../../../src/runs/runDocument';
import { memoryRunStorage, type RunStorage } from '../../../src/runs/runStorage';
import { nestedConfig } from '../config/support';
import { atSecond, seconds } from '../rollouts/madeRun';
import { openWindow, workingEngines, type WatchingWindow } from './watchRuns';

/** Two engines that work. */
export const engines = workingEngines(['a', 'b'], 10, 3);

/** A window that has watched one run, and that run. */
export async function watchOne(
  storage: RunStorage = memoryRunStorage(),
): Promise<{ window: WatchingWindow; run: KeptRun }> {
  const window = openWindow({ storage });
  const config = await nestedConfig('max_num_seqs: 256');
  await window.scrape(seconds(0, 280, 5), { session: 'session_1', job: '01000000', engines, config });
  const [run] = await window.keeper.listRuns();
  assert.ok(run);
  return { window, run };
}

/** The run of a window as a file that is exported. */
export const exportOf = async ({ window, run }: { window: WatchingWindow; run: KeptRun }): Promise<RunDocument> =>
  JSON.parse((await window.keeper.export(run.id)).toString()) as RunDocument;

/** A text as a file's bytes. */
export const bytesOf = (value: unknown): Uint8Array =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

/** So many runs, one a day. */
export async function importRuns(window: WatchingWindow, count: number, first = 0): Promise<void> {
  const { run, ...rest } = await exportOf(await watchOne());
  for (let index = first; index < first + count; index++) {
    const from = atSecond(index * 86_400);
    const id = `run-${String(index).padStart(4, '0')}`;
    await window.clock.advance(1000);
    await window.keeper.import(bytesOf({ ...rest, series: [], run: { ...run, id, name: id, from, to: from + 1 } }));
  }
}

/** The names of the runs of a window, as they are listed. */
export const namesOf = async ({ keeper }: WatchingWindow): Promise<string[]> =>
  (await keeper.listRuns()).map(({ name }) => name);
