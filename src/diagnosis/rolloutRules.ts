/** Rules about rollouts and steps: slower ones, long tails, idle engines, long weight syncs. */
import { formatValue } from '../shared/format';
import type { Rollout } from '../shared/rollout';
import { rolloutFigure } from '../shared/rolloutFigures';
import { medianOf, spreadOf, wholeRollouts } from '../shared/rolloutStatistics';
import type { DiagnosisRule, Symptom } from './rule';
import { reportedFactor } from './ruleParts';

/** Rollouts are compared with the median of so many first ones. */
const firstCount = 10;
/** The newest ones that a number is taken from: enough that one odd rollout says nothing. */
const recentCount = 5;
/** A rule says nothing before so many rollouts. */
const minCount = 3;
/** From this factor on rollouts have become slower. */
const slowerFactor = 1.25;
/** Findings outlast a rollout that is good again by this, in ms: the next one decides. */
const keepFiringMs = 60_000;

const weightSync = rolloutFigure('weight_sync_share');
const tailShare = rolloutFigure('tail_share');
const idleShare = rolloutFigure('idle_share');

const secondsOf = ({ seconds }: Rollout): number => seconds;
const percent = (share: number): string => formatValue(share, 'fraction');
const seconds = (value: number): string => formatValue(value, 'seconds');
const nameOf = (kind: Rollout['kind']): string => (kind === 'rollout' ? 'rollouts' : 'steps');

/** When the newest rollouts for which `holds` began, Unix ms. */
function sinceOf(rollouts: readonly Rollout[], holds: (rollout: Rollout) => boolean): number | undefined {
  const lastGood = rollouts.findLastIndex((rollout) => !holds(rollout));
  return rollouts[lastGood + 1]?.from ?? rollouts.at(-1)?.from;
}

/** Those of a kind that count; undefined if there are too few for a rule. */
function enough(rollouts: readonly Rollout[], kind: Rollout['kind']): Rollout[] | undefined {
  const whole = wholeRollouts(rollouts, kind);
  return whole.length < minCount ? undefined : whole;
}

/**
 * A share of the newest rollouts that exceeds its limit; undefined if it does not, also if it might not: each duration
 * is off by its uncertainty.
 */
function longShare(
  rollouts: readonly Rollout[] | undefined,
  limit: number,
  shareOf: (rollout: Rollout) => number | undefined,
): { share: number; count: number; since: number | undefined } | undefined {
  const all = (rollouts ?? []).filter((rollout) => shareOf(rollout) !== undefined);
  if (all.length < minCount) return undefined;
  const known = all.slice(-recentCount);
  const share = medianOf(known.map((rollout) => shareOf(rollout) ?? 0)) ?? 0;
  const error = medianOf(known.map(({ uncertainty, seconds: length }) => (length > 0 ? uncertainty / length : 1))) ?? 1;
  // The errors of several rollouts do not add up in one direction; half of one is what their median may be off by.
  if (share - error / 2 <= limit) return undefined;
  return { share, count: known.length, since: sinceOf(all, (rollout) => (shareOf(rollout) ?? 0) > limit) };
}

/** Idle time without sleep: while the trainer has the GPUs, engines are meant to be asleep. */
function idleAwake(rollout: Rollout): number | undefined {
  const { idleShare: share, idleSeconds, asleepSeconds = 0 } = rollout;
  if (share === undefined || idleSeconds === undefined) return undefined;
  return idleSeconds > 0 ? share * Math.max(0, 1 - asleepSeconds / idleSeconds) : 0;
}

const symptom = (since: number | undefined, message: string, advice: string): Symptom[] => [
  { severity: 'info', ...(since !== undefined && { since }), message, advice },
];

/** Whether a kind has become slower than its first ten were. */
function slower(rollouts: readonly Rollout[], kind: Rollout['kind'], isReported: boolean): Symptom[] {
  const whole = wholeRollouts(rollouts, kind);
  if (whole.length < firstCount + minCount) return [];
  const first = whole.slice(0, firstCount);
  const newest = whole.slice(firstCount).slice(-recentCount);
  const before = medianOf(first.map(secondsOf)) ?? 0;
  const now = medianOf(newest.map(secondsOf)) ?? 0;
  const error = medianOf([...first, ...newest].map(({ uncertainty }) => uncertainty)) ?? 0;
  const limit = before * (1 + (slowerFactor - 1) * (isReported ? reportedFactor : 1));
  // Not only slower than the median but than most: half of the first ten took longer than their median, too.
  const mostOfFirst = spreadOf(first.map(secondsOf))?.high ?? 0;
  if (now <= limit || now - before <= error || now <= mostOfFirst) return [];
  const tokens = (of: readonly Rollout[]): number | undefined =>
    medianOf(of.flatMap(({ tokens: { output } }) => output ?? []));
  const [tokensBefore, tokensNow] = [tokens(first), tokens(newest)];
  const tokenText =
    tokensBefore === undefined || tokensNow === undefined
      ? ''
      : ` Output tokens of one: ${formatValue(tokensNow, 'tokens')} now, ${formatValue(tokensBefore, 'tokens')} then.`;
  return symptom(
    sinceOf(whole, (rollout) => rollout.seconds > limit),
    `The ${nameOf(kind)} get slower: ${seconds(now)} is the median of the last ${newest.length}, ${seconds(before)} that of the first ${firstCount}.${tokenText}`,
    'More output tokens: responses get longer; limit them with sampling_params.max_generate_length. The same tokens: look for preemptions and a fuller KV cache, and lower max_num_seqs.',
  );
}

/** The rules about the rollouts and steps that the history has. */
export const rolloutRules: readonly DiagnosisRule[] = [
  {
    id: 'rollouts-slower',
    judges: 'fact',
    holdForMs: 0,
    keepFiringMs,
    detect: ({ rollouts = [] }, isReported) => {
      const ofRollouts = slower(rollouts, 'rollout', isReported());
      return ofRollouts.length > 0 ? ofRollouts : slower(rollouts, 'step', isReported());
    },
  },
  {
    id: 'rollout-tail',
    judges: 'fact',
    holdForMs: 0,
    keepFiringMs,
    detect: ({ rollouts = [] }, isReported) => {
      const limit = (tailShare.limit ?? 0) * (isReported() ? reportedFactor : 1);
      const found = longShare(enough(rollouts, 'rollout'), limit, tailShare.valueOf);
      if (!found) return [];
      return symptom(
        found.since,
        `Rollouts have a long tail: for ${percent(found.share)} of their time at least half of the engines have no work left (median of the last ${found.count}).`,
        'A few long responses hold up the rest. Limit sampling_params.max_generate_length, use fewer engines (num_engines) with a larger tensor_parallel_size, or train fully asynchronously, where max_staleness_steps lets the next prompts begin.',
      );
    },
  },
  {
    id: 'rollout-idle',
    judges: 'fact',
    holdForMs: 0,
    keepFiringMs,
    detect: ({ rollouts = [] }, isReported) => {
      const limit = (idleShare.limit ?? 0) * (isReported() ? reportedFactor : 1);
      const newest = enough(rollouts, 'rollout') ?? enough(rollouts, 'step');
      const found = longShare(newest, limit, idleAwake);
      if (!found || !newest?.[0]) return [];
      return symptom(
        found.since,
        `Engines are idle for ${percent(found.share)} of their time in ${nameOf(newest[0].kind)}, sleep not counted (median of the last ${found.count}).`,
        newest[0].kind === 'rollout'
          ? 'More requests at a time would fill them: raise n_samples_per_prompt or the batch, and max_num_seqs if requests wait. Or use fewer engines (num_engines).'
          : 'Generation waits for training: raise max_staleness_steps, or give the trainer more GPUs and use fewer engines (num_engines).',
      );
    },
  },
  {
    id: 'weight-sync-long',
    judges: 'fact',
    holdForMs: 0,
    keepFiringMs,
    detect: ({ rollouts = [] }, isReported) => {
      const limit = (weightSync.limit ?? 0) * (isReported() ? reportedFactor : 1);
      const found = longShare(enough(rollouts, 'step'), limit, weightSync.valueOf);
      if (!found) return [];
      return symptom(
        found.since,
        `Weight syncs take ${percent(found.share)} of the steps (median of the last ${found.count}).`,
        'Check weight_sync_backend (nccl is the fast one) and the network between trainer and engines. Larger batches sync less often.',
      );
    },
  },
];
