/** Everything that can be compared now, as a list, and one of it by its id. */
import type { GenerationRecord } from '../generation/generationRecord';
import type { RunLibrary } from '../runs/run';
import type { ChartData } from '../shared/chartData';
import { fewestRuns, mostRuns, type ComparedKind } from '../shared/comparison';
import { formatLocalTime } from '../shared/format';
import type { Rollout } from '../shared/rollout';
import { fromImport, fromRecord, fromRollout, fromRun, type ComparableRun } from './comparableRun';

/** Where comparable things are. */
export interface ComparableSources {
  library: RunLibrary;
  /** Rollouts and steps of the run that is watched, oldest first. */
  rollouts: () => readonly Rollout[];
  records: () => readonly GenerationRecord[];
  /** The import that the chart shows. */
  shownImport: () => { name: string; data: ChartData } | undefined;
}

/** Something that can be compared. Texts are untrusted. */
export interface ComparableChoice {
  id: string;
  kind: ComparedKind;
  name: string;
  detail: string;
}

/** The id of the import that the chart shows. */
export const shownImportId = 'shown-import';

/** Runs newest first, then the import that is shown, records and rollouts, newest first. */
export async function listComparables(sources: ComparableSources): Promise<ComparableChoice[]> {
  const runs = await sources.library.listRuns();
  const shown = sources.shownImport();
  const newestFirst = <T>(list: readonly T[]): T[] => [...list].reverse();
  return [
    ...runs.map(({ id, name, from, isOpen, origin, rollouts, steps }): ComparableChoice => {
      const count = rollouts > 0 ? `${rollouts} rollouts` : `${steps} steps`;
      const detail = [formatLocalTime(from), count, ...(isOpen ? ['in progress'] : [])].join(' · ');
      return { id, kind: origin === 'imported' ? 'import' : 'run', name, detail };
    }),
    ...(shown ? [{ id: shownImportId, kind: 'import' as const, name: shown.name, detail: 'shown in the chart' }] : []),
    ...newestFirst(sources.records()).map((record): ComparableChoice => {
      const { id, name } = fromRecord(record);
      return { id, kind: 'record', name, detail: record.config ?? '' };
    }),
    ...newestFirst(sources.rollouts()).map((rollout): ComparableChoice => {
      const kind = rollout.kind === 'rollout' ? 'Rollout' : 'Step';
      const detail = [`${Math.round(rollout.seconds)} s`, ...(rollout.isOpen ? ['in progress'] : [])].join(' · ');
      return { id: rollout.id, kind: 'rollout', name: `${kind} of ${formatLocalTime(rollout.from)}`, detail };
    }),
  ];
}

/** A kept run. Rejects with words that name it if its file cannot be read; the library's are a clause about the file. */
async function loadKept({ library }: ComparableSources, id: string): Promise<ComparableRun | undefined> {
  try {
    const data = await library.loadRun(id);
    return data && fromRun(data);
  } catch (error) {
    const name = (await library.listRuns()).find((run) => run.id === id)?.name ?? id;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${name} cannot be read: ${reason}.`, { cause: error });
  }
}

/** The run that is watched, or was last, as it is kept: its rollouts are compared with its config and measures. */
async function newestRun(sources: ComparableSources): Promise<ComparableRun> {
  const newest = (await sources.library.listRuns()).find(({ origin }) => origin === 'watched');
  const kept = newest && (await loadKept(sources, newest.id));
  if (kept) return kept;
  return { id: '', name: '', kind: 'run', from: 0, releases: {}, rollouts: [], means: {}, series: [] };
}

async function loadComparable(sources: ComparableSources, id: string): Promise<ComparableRun> {
  const run = await loadKept(sources, id);
  if (run) return run;
  const rollout = sources.rollouts().find((one) => one.id === id);
  if (rollout) return fromRollout(rollout, await newestRun(sources));
  const record = sources.records().find((one) => one.id === id);
  if (record) return fromRecord(record);
  const shown = sources.shownImport();
  if (shown && id === shownImportId) return fromImport(shown.data, id, shown.name);
  // After a reload, the history may not have been read yet.
  const newest = await newestRun(sources);
  const kept = newest.rollouts.find((one) => one.id === id);
  if (kept) return fromRollout(kept, newest);
  throw new Error(`No run ${JSON.stringify(id)} is kept, nor a rollout or a record with this ID.`);
}

/** What these ids name, in their order. Rejects, with words for people, unless it is two to four different ones. */
export async function loadComparables(sources: ComparableSources, ids: readonly string[]): Promise<ComparableRun[]> {
  if (ids.length < fewestRuns || ids.length > mostRuns)
    throw new Error(`Name ${fewestRuns} to ${mostRuns} runs to compare, not ${ids.length}.`);
  if (new Set(ids).size < ids.length) throw new Error('A run cannot be compared with itself. Name different runs.');
  const loaded: ComparableRun[] = [];
  for (const id of ids) loaded.push(await loadComparable(sources, id));
  return loaded;
}
