/** The comparison that offers itself after a config change: the newest run against the one before it. */
import type { KeptRun, RunLibrary } from '../runs/run';
import { fewestValues, type Comparison, type ConfigRow, type MeasureRow } from '../shared/comparison';
import { fromRun } from './comparableRun';
import { compareRuns } from './compareRuns';

/** A comparison to offer. Texts are untrusted. */
export interface ComparisonOffer {
  /** The earlier run first. */
  runs: readonly [earlier: string, newest: string];
  /** `max_num_seqs 256 → 512`. */
  label: string;
  /** `rollouts 12 % shorter (9 against 14)`. */
  description: string;
}

/** Keys that name a run and say nothing of its engines. */
const nameKeys = /(?:^|\.)(?:run_name|project_name|experiment_name|ckpt_path|export_path|log_path)$/;

const lastPart = (key: string): string => key.split('.').at(-1) ?? key;

function describeChange([first, ...others]: readonly ConfigRow[]): string {
  if (!first) return '';
  const values = first.cells.map((cell) => cell?.value ?? 'not written').join(' → ');
  const more = others.length > 0 ? ` and ${others.length} more ${others.length === 1 ? 'key' : 'keys'}` : '';
  return `${lastPart(first.key)} ${values}${more}`;
}

function describeEffect(seconds: MeasureRow, { runs, unit }: Comparison): string {
  const counts = `(${runs.map(({ counted }) => counted).join(' against ')})`;
  const { change, verdict } = seconds;
  if (change === null || verdict === 'within spread') return `${unit}s are not shown to be longer or shorter ${counts}`;
  return `${unit}s ${Math.abs(change).toFixed(0)} % ${change < 0 ? 'shorter' : 'longer'} ${counts}`;
}

/** The offer of a comparison of two runs; undefined if no key differs, or there are too few rollouts. */
export function offerOf(comparison: Comparison): Pick<ComparisonOffer, 'label' | 'description'> | undefined {
  const changed = comparison.config.filter(({ state, key }) => state === 'different' && !nameKeys.test(key));
  const seconds = comparison.measures.find(({ id }) => id === 'seconds');
  const hasEnough = comparison.runs.every(({ counted }) => counted >= fewestValues);
  if (changed.length === 0 || !seconds || !hasEnough) return undefined;
  return { label: describeChange(changed), description: describeEffect(seconds, comparison) };
}

/** The newest run that was watched here, and the one before it; undefined if there are no two with a config. */
export function newestPair(runs: readonly KeptRun[]): readonly [earlier: KeptRun, newest: KeptRun] | undefined {
  const [newest, earlier] = runs.filter(({ origin, config }) => origin === 'watched' && config !== undefined);
  return newest && earlier && [earlier, newest];
}

/** The comparison of the newest run with the one before it, if that has something to tell. Rejects if a file cannot be read. */
export async function findOffer(
  library: RunLibrary,
  [earlier, newest]: readonly [KeptRun, KeptRun],
): Promise<ComparisonOffer | undefined> {
  const [first, second] = [await library.loadRun(earlier.id), await library.loadRun(newest.id)];
  const offer = first && second && offerOf(compareRuns([fromRun(first), fromRun(second)]));
  return offer && { runs: [earlier.id, newest.id], ...offer };
}
