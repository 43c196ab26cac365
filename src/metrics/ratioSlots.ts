/** Which series of a ratio's numerator and denominator belong together. */
import type { Selector } from './catalog';
import { isNoiseLabel } from './seriesIdentity';
import type { SeriesMeta } from './seriesMeta';

/** Slots of one label set: those of a data-parallel rank, of a model. */
export interface RatioSlots {
  numerators: number[];
  denominators: readonly number[];
}

/** A counter of a ratio: its selector, and the slots of a subject that it selects. */
export interface RatioHalf {
  selector: Selector | undefined;
  slots: readonly number[];
}

/** Names of identifying labels that all of these series have. */
function commonLabels(metas: readonly SeriesMeta[], slots: readonly number[]): Set<string> {
  const common = new Set(metas[slots[0] ?? -1]?.labels.keys());
  for (const slot of slots)
    for (const label of common) if (metas[slot]?.labels.has(label) !== true) common.delete(label);
  return common;
}

/**
 * The slots of a ratio, grouped by the labels that numerator and denominator share, so that a series without its other
 * half can be left out. `metas` are by slot. Labels that only one of them has, or that a selector fixes, do not separate groups.
 */
export function ratioSlots(metas: readonly SeriesMeta[], numerator: RatioHalf, denominator: RatioHalf): RatioSlots[] {
  if (denominator.slots.length === 0) return [];
  if (denominator.slots.length === 1 && numerator.slots.length < 2)
    return [{ numerators: [...numerator.slots], denominators: denominator.slots }];
  const fixed = new Set([numerator, denominator].flatMap(({ selector }) => Object.keys(selector?.where ?? {})));
  const ofNumerators = commonLabels(metas, numerator.slots.length > 0 ? numerator.slots : denominator.slots);
  const names = [...commonLabels(metas, denominator.slots)].filter(
    (label) => ofNumerators.has(label) && !fixed.has(label) && !isNoiseLabel(label, 'counter'),
  );
  const groups = new Map<string, { numerators: number[]; denominators: number[] }>();
  const groupOf = (slot: number): { numerators: number[]; denominators: number[] } => {
    const key = JSON.stringify(names.map((label) => metas[slot]?.labels.get(label)));
    const group = groups.get(key) ?? { numerators: [], denominators: [] };
    groups.set(key, group);
    return group;
  };
  for (const slot of denominator.slots) groupOf(slot).denominators.push(slot);
  for (const slot of numerator.slots) groupOf(slot).numerators.push(slot);
  return [...groups.values()].filter(({ denominators }) => denominators.length > 0);
}
