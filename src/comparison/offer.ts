/** The comparison that offers itself after a config change: the newest run against the last one before it. */
import type { KeptRun, RunLibrary } from '../runs/run';
import { fewestValues, type Comparison, type ConfigCell, type ConfigRow, type MeasureRow } from '../shared/comparison';
import { fromRun, type ComparableRun } from './comparableRun';
import { compareRuns } from './compareRuns';
import { countRollouts } from './countedRollouts';

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

/** A row of the tree has no room for longer values. */
const maxValueLength = 40;
/** So many runs are read to find two with enough rollouts. */
const mostCandidates = 8;

const lastPart = (key: string): string => key.split('.').at(-1) ?? key;

/** A value without the quotes of its JSON. */
function valueText(cell: ConfigCell | null): string {
  if (!cell) return 'not written';
  const text = /^"[^"\\]*"$/.test(cell.value) ? cell.value.slice(1, -1) : cell.value;
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text;
}

function describeChange([first, ...others]: readonly ConfigRow[]): string {
  if (!first) return '';
  const values = first.cells.map(valueText).join(' → ');
  const more = others.length > 0 ? ` and ${others.length} more ${others.length === 1 ? 'key' : 'keys'}` : '';
  return `${lastPart(first.key)} ${values}${more}`;
}

function describeEffect(seconds: MeasureRow, { runs, unit }: Comparison): string {
  const counts = `(${[...runs]
    .reverse()
    .map(({ counted }) => counted)
    .join(' against ')})`;
  const { change, verdict } = seconds;
  if (change === null || verdict === 'within spread') return `${unit}s are not shown to be longer or shorter ${counts}`;
  return `${unit}s ${Math.abs(change).toFixed(0)} % ${change < 0 ? 'shorter' : 'longer'} ${counts}`;
}

/** The offer of a comparison of two runs, the earlier one first; undefined if no key differs, or there are too few rollouts. */
export function offerOf(comparison: Comparison): Pick<ComparisonOffer, 'label' | 'description'> | undefined {
  const changed = comparison.config.filter(({ state, key }) => state === 'different' && !nameKeys.test(key));
  const seconds = comparison.measures.find(({ id }) => id === 'seconds');
  const hasEnough = comparison.runs.every(({ counted }) => counted >= fewestValues);
  if (changed.length === 0 || !seconds || !hasEnough) return undefined;
  return { label: describeChange(changed), description: describeEffect(seconds, comparison) };
}

/** Runs that were watched here with a config and may have enough rollouts, newest first. */
export const offerCandidates = (runs: readonly KeptRun[]): KeptRun[] =>
  runs
    .filter(({ origin, config }) => origin === 'watched' && config !== undefined)
    // The first one does not count.
    .filter(({ rollouts, steps }) => Math.max(rollouts, steps) > fewestValues)
    .slice(0, mostCandidates);

const hasEnough = (run: ComparableRun): boolean =>
  (['rollout', 'step'] as const).some((unit) => countRollouts(run, unit).rollouts.length >= fewestValues);

/** What to look in. */
export interface OfferSearch {
  library: Pick<RunLibrary, 'loadRun'>;
  /** By id; what was opened is not offered again. */
  opened: readonly string[];
  /** Hears of a run whose file cannot be read; others are compared without it. */
  warn: (message: string) => void;
}

/**
 * The comparison of the newest run that has enough rollouts with the last one before it that has, if it has something to
 * tell. Runs that failed early are passed over. Never rejects.
 */
export async function findOffer(
  candidates: readonly KeptRun[],
  { library, opened, warn }: OfferSearch,
): Promise<ComparisonOffer | undefined> {
  let newest: ComparableRun | undefined;
  for (const { id, name } of candidates) {
    const data = await library.loadRun(id).catch((error: unknown) => warn(`${name} is not compared: ${String(error)}`));
    const run = data ? fromRun(data) : undefined;
    if (!run || !hasEnough(run)) continue;
    if (newest) {
      const offer = offerOf(compareRuns([run, newest]));
      return offer && { runs: [id, newest.id], ...offer };
    }
    if (opened.includes(id)) return undefined;
    newest = run;
  }
  return undefined;
}
