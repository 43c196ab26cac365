/** Recognizes arguments that are overrides of a SkyRL config, and JSON texts that hold them. */
import { isEngineKey } from '../keys';
import type { ExpandedWord } from './variables';

/** The parts of an override. */
export interface Override {
  /** Hydra's `+` or `++`, which adds a key that the base config lacks. */
  prefix: string;
  key: string;
  /** Offset of the value in the word. */
  valueAt: number;
}

/** The parts of an override such as `generator.x=1`; undefined for other words. Keys without a dot belong to other programs. */
export function overrideOf(text: string): Override | undefined {
  const match = /^(\+{0,2})([A-Za-z_][\w-]*(?:\.[\w@/-]+)+)=/.exec(text);
  return match ? { prefix: match[1] ?? '', key: match[2] ?? '', valueAt: match[0].length } : undefined;
}

/** The JSON part of an argument such as `--backend-config={…}`. */
export const jsonOf = (text: string): string => text.replace(/^--backend-config=/, '');

/** Whether a text is JSON with engine keys, nested or dotted. */
export function isEngineJson(text: string): boolean {
  return /^\s*\{/.test(text) && /"generator(?:\.|"\s*:)/.test(text) && text.includes('inference_engine');
}

/** How many arguments set engine keys, which distinguishes the command of a run from others. */
export function countEngineArguments(words: readonly ExpandedWord[]): number {
  return words.reduce((count, { value: { text } }) => {
    const override = overrideOf(text);
    if (override) return count + (isEngineKey(override.key) ? 1 : 0);
    return count + (isEngineJson(jsonOf(text)) ? (text.match(/"generator\./g)?.length ?? 1) : 0);
  }, 0);
}
