/**
 * The two halves of a rate or ratio over the same rate windows and the same series. A half without its other half is
 * left out.
 */
import { sumSlots } from './counterDelta';
import { isVllmFamily } from './catalog/raySelector';
import type { IndexedRow } from './indexedRows';
import type { SubjectSpan, WindowDeltas } from './subjectSpan';

/** What is divided by what. */
export interface Fraction {
  numerator: number;
  denominator: number;
}

/** Whether any of these series was known when the window closed. */
const existedIn = ({ deltas }: WindowDeltas, slots: readonly number[]): boolean =>
  slots.some((slot) => slot < deltas.length);

/**
 * The rate windows in which a counter has samples, with its increase; it is 0 before the counter existed. Undefined if
 * there is none with a sample.
 */
export function windowsWithSamples(
  windows: readonly WindowDeltas[],
  slots: readonly number[],
): (WindowDeltas & { delta: number })[] | undefined {
  let hasSample = false;
  const used = windows.flatMap((window) => {
    const delta = sumSlots(window.deltas, slots);
    if (delta !== undefined) hasSample = true;
    return delta === undefined && existedIn(window, slots) ? [] : [{ ...window, delta: delta ?? 0 }];
  });
  return hasSample ? used : undefined;
}

type IndexedRatio = Extract<IndexedRow, { kind: 'ratio' }>;

/** A ratio with the rate windows that it is over. */
interface PairedRatio extends Fraction {
  windows: WindowDeltas[];
  /** Half a ratio was left out. */
  isPartial: boolean;
}

/**
 * A ratio's numerator and denominator, summed over those windows and label sets that have both. Undefined if none has.
 *
 * Ray creates a counter at its first increment, so that a numerator that never existed beside its own subject's
 * denominator is 0 (docs/metrics.md, Absent is not zero). One that is missing in this window only is unknown, and so is
 * a family of vLLM that a server does not have.
 */
export function pairedRatio(indexed: IndexedRatio, { subjectState, windows }: SubjectSpan): PairedRatio | undefined {
  const { seriesIndex } = subjectState;
  const groups = seriesIndex.ratioSlotsOf(indexed);
  const ratio: PairedRatio = { numerator: 0, denominator: 0, windows: [], isPartial: false };
  for (const window of windows) {
    let isUsed = false;
    for (const { numerators, denominators } of groups) {
      const denominator = sumSlots(window.deltas, denominators);
      const sum = sumSlots(window.deltas, numerators);
      const numerator =
        sum ?? (existedIn(window, numerators) ? undefined : missingNumerator(indexed, subjectState, window));
      if (denominator === undefined || numerator === undefined) {
        if (denominator !== sum) ratio.isPartial = true;
        continue;
      }
      ratio.numerator += numerator;
      ratio.denominator += denominator;
      isUsed = true;
    }
    if (isUsed) ratio.windows.push(window);
  }
  return ratio.windows.length > 0 ? ratio : undefined;
}

/** 0 for a numerator that was never incremented, undefined for one that is unknown. */
function missingNumerator(
  { row, denominator, zeroIf }: IndexedRatio,
  { seriesIndex, native }: SubjectSpan['subjectState'],
  { deltas }: WindowDeltas,
): 0 | undefined {
  // A histogram has its sum as soon as it has its count.
  if (row.kind === 'mean' || row.optionalNumerator) return undefined;
  // A server has vLLM's counters from its start on.
  const { family } = row.numerator;
  if (native && isVllmFamily(family) && !seriesIndex.families.has(family)) return undefined;
  if (row.zeroIf === undefined || zeroIf === undefined) return 0;
  const counted = sumSlots(deltas, seriesIndex.slotsOf(zeroIf)) ?? NaN;
  return counted / (sumSlots(deltas, seriesIndex.slotsOf(denominator)) ?? NaN) > row.zeroIf.above ? 0 : undefined;
}
