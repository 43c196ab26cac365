/** What has to be said before the numbers of a comparison: what is not like for like, and by which rules it is made. */
import type { ComparedRun, MeasureRow } from '../shared/comparison';
import { claimLevel, fewestValues } from '../shared/comparison';
import type { Rollout } from '../shared/rollout';
import type { ComparableRun } from './comparableRun';

/** So many times as many rollouts are another part of the training, in which a model answers otherwise. */
const farMore = 2;

/** `4 engines`, `model Qwen/Qwen2.5-7B`: what is compared for likeness; undefined if not known. */
const aspects: readonly ((run: ComparedRun) => string | undefined)[] = [
  ({ engines }) => counted(engines, 'engine'),
  ({ gpus }) => counted(gpus, 'GPU'),
  ({ nodes }) => counted(nodes, 'node'),
  ({ models }) => models && `model ${models.join(', ')}`,
  ({ releases }) => releases.skyrl && `SkyRL ${releases.skyrl}`,
  ({ releases }) => releases.ray && `Ray ${releases.ray}`,
  ({ releases }) => releases.vllm && `vLLM ${releases.vllm}`,
];

const counted = (count: number | undefined, noun: string): string | undefined =>
  count === undefined ? undefined : `${count} ${noun}${count === 1 ? '' : 's'}`;

/** `4 engines against 8 engines`; undefined if all that are known are the same. */
function unlike(runs: readonly ComparedRun[], aspect: (run: ComparedRun) => string | undefined): string | undefined {
  const texts = runs.map(aspect);
  if (new Set(texts.filter((text) => text !== undefined)).size < 2) return undefined;
  return texts.map((text) => text ?? 'not known').join(' against ');
}

const listOf = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** What was edited while it ran, is in progress, or is not known. */
function runNotes(runs: readonly ComparableRun[]): string[] {
  const noted = (test: (run: ComparableRun) => boolean, words: (names: string, isOne: boolean) => string): string[] => {
    const names = runs.filter(test).map(({ name }) => name);
    return names.length === 0 ? [] : [words(listOf(names), names.length === 1)];
  };
  return [
    ...noted(
      ({ config }) => config === undefined,
      (names, isOne) => `The config of ${names} was never seen, so ${isOne ? 'its' : 'their'} keys are not compared.`,
    ),
    ...noted(
      ({ config }) => config?.editedAfterStart === true,
      (names, isOne) =>
        `The config of ${names} was edited after the engines had started: ${isOne ? 'it' : 'they'} may have begun with other values.`,
    ),
    ...noted(
      ({ isOpen }) => isOpen === true,
      (names, isOne) =>
        `${names} ${isOne ? 'is' : 'are'} in progress: this is as far as ${isOne ? 'it has' : 'they have'} come.`,
    ),
  ];
}

/** Rollouts with other work in them take another time, whatever the change was. */
function workNotes(measures: readonly MeasureRow[], nouns: string): string[] {
  const differing = ['output_tokens', 'prompt_tokens', 'requests'].flatMap((id) => {
    const row = measures.find((one) => one.id === id);
    return row?.differences.some(({ verdict }) => verdict === 'different') ? [row.label.toLowerCase()] : [];
  });
  return differing.length === 0
    ? []
    : [`The ${nouns} do not have the same work: ${listOf(differing)} differ, so durations may differ for that alone.`];
}

/** What is said first, as sentences. */
export function comparisonNotes(
  compared: readonly ComparedRun[],
  runs: readonly ComparableRun[],
  measures: readonly MeasureRow[],
  unit: Rollout['kind'],
): string[] {
  const nouns = `${unit}s`;
  const differing = aspects.flatMap((aspect) => unlike(compared, aspect) ?? []);
  const counts = compared.map((run) => run.counted);
  const without = compared.filter((run) => run.counted === 0).map(({ name }) => name);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return [
    ...(differing.length > 0 ? [`Not like for like: ${differing.join('; ')}.`] : []),
    ...runNotes(runs),
    ...(without.length > 0 ? [`${listOf(without)}: no whole ${unit} was seen.`] : []),
    ...(measures.some(({ medians }) => medians.every((median) => median !== null))
      ? []
      : ['The runs have no measure in common.']),
    ...(least > 0 && least < fewestValues
      ? [`Not enough ${nouns} for a claim: ${counts.join(' against ')}. It takes ${fewestValues} of each run.`]
      : []),
    ...(least >= fewestValues && most > farMore * least
      ? [
          `${most} ${nouns} against ${least}: answers change while a model learns, so the longer run is another mixture.`,
        ]
      : []),
    ...workNotes(measures, nouns),
  ];
}

/** By which rules the comparison was made, as sentences. */
export function comparisonRules(
  compared: readonly ComparedRun[],
  measures: readonly MeasureRow[],
  unit: Rollout['kind'],
): string[] {
  const nouns = `${unit}s`;
  const [warmUp, cut] = (['warmUp', 'cut'] as const).map((key) =>
    compared.reduce((sum, { leftOut }) => sum + leftOut[key], 0),
  );
  const counts = compared.map((run) => run.counted).join(' against ');
  return [
    `${counts} ${nouns}; medians, with the middle half of the values as their spread.`,
    ...(warmUp ? [`Left out: the first ${unit} of each run, as its warm-up.`] : []),
    ...(cut ? [`Left out: ${cut} ${cut === 1 ? unit : nouns} whose beginning or end was not seen.`] : []),
    ...(measures.length > 0
      ? [
          `Better, worse and different are claimed by a two-sided Mann–Whitney test with exact p-values (normal approximation above 50 values), from ${fewestValues} ${nouns} each, where p is at most ${claimLevel} after Holm’s adjustment for all measures of this comparison, and if the medians differ by more than their errors: engines report at intervals, so that the ends of a ${unit} are not known exactly.`,
        ]
      : []),
  ];
}
