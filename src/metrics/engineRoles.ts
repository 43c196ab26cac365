/**
 * Which engines only prefill and which only decode, in a run with prefill/decode disaggregation (docs/metrics.md,
 * Prefill and decode engines).
 */
import type { Engine, EngineRole, Measure } from '../api';

/** What is known about the roles of a run beside what its engines do. */
export interface RoleFacts {
  /** Whether the config asks for disaggregation; undefined without a config that says so or not. */
  disaggregated: boolean | undefined;
  /** Roles that servers report of their engines, by engine id. */
  reported: ReadonlyMap<string, EngineRole>;
  /** Names of actors by engine id. */
  actorNames: ReadonlyMap<string, string>;
}

/** No role is known, and none is expected. */
export const noRoleFacts: RoleFacts = { disaggregated: undefined, reported: new Map(), actorNames: new Map() };

/** How long an engine has to behave as one role before it is taken for it, in ms. */
const evidenceMs = 60_000;
/**
 * A prefill engine generates one token for each request, which its router asks for. More than this many tokens for each
 * finished request is decoding.
 */
const maxPrefillTokens = 1.5;
/** A decode engine computes at most this share of its prompt tokens: the others come over the KV connector. */
const maxComputedShare = 0.1;

const transferredId = 'prompt_tokens_external_kv_transfer_s';
const computedId = 'prompt_tokens_local_compute_s';

type Measures = Readonly<Record<string, Measure>>;
const rateOf = (measures: Measures, id: string): number => measures[id]?.value ?? 0;

/** What one scrape shows an engine do; undefined if it is idle, `mixed` if it does both. */
export function observedRole(measures: Measures): EngineRole | 'mixed' | undefined {
  const prompts = rateOf(measures, 'prompt_throughput_tok_s');
  const generated = rateOf(measures, 'generation_throughput_tok_s');
  if (prompts <= 0 && generated <= 0) return undefined;
  if (prompts <= 0) return 'decode';
  if (generated <= maxPrefillTokens * rateOf(measures, 'requests_finished_s')) return 'prefill';
  const transferred = rateOf(measures, transferredId);
  const computed = rateOf(measures, computedId);
  // Older releases do not say where prompts come from.
  if (!measures[transferredId] && !measures[computedId]) return 'decode';
  return transferred > 0 && computed <= maxComputedShare * prompts ? 'decode' : 'mixed';
}

/** The role that an actor's name has as a whole word. */
function roleInName(name: string | undefined): EngineRole | undefined {
  const word = /(?:^|[^a-z])(prefill|decode)(?:$|[^a-z])/i.exec(name ?? '')?.[1]?.toLowerCase();
  return word === 'prefill' || word === 'decode' ? word : undefined;
}

interface Evidence {
  role: EngineRole;
  /** Since when it has behaved so, without anything that contradicts; Unix ms. */
  since: number;
  /** It has behaved so for long enough. */
  isSettled: boolean;
  /** Its prompts came over a KV connector. */
  hasTransferred: boolean;
  /** Since when it has behaved otherwise, if it does; Unix ms. */
  contradictedSince: number | undefined;
}

/** Keeps what each engine did, scrape after scrape of one run. */
export class EngineRoles {
  private readonly evidenceById = new Map<string, Evidence>();
  private current: ReadonlyMap<string, EngineRole> = new Map();

  /** By engine id, as of the newest update. Engines of a run without disaggregation have none. */
  get roles(): ReadonlyMap<string, EngineRole> {
    return this.current;
  }

  /** Moves the times that are kept by `ms`, because the machine's clock was set. */
  moveTimes(ms: number): void {
    for (const evidence of this.evidenceById.values()) {
      evidence.since += ms;
      if (evidence.contradictedSince !== undefined) evidence.contradictedSince += ms;
    }
  }

  /** Updates the roles with one scrape. `now`: Unix ms. */
  update(engines: readonly Pick<Engine, 'id' | 'measures'>[], facts: RoleFacts, now: number): void {
    const ids = new Set(engines.map(({ id }) => id));
    for (const id of this.evidenceById.keys()) if (!ids.has(id)) this.evidenceById.delete(id);
    for (const { id, measures } of engines) this.note(id, measures, now);
    const mayObserve = this.mayObserve(facts.disaggregated);
    this.current = new Map(
      engines.flatMap(({ id }) => {
        const evidence = this.evidenceById.get(id);
        const observed = mayObserve && evidence?.isSettled === true ? evidence.role : undefined;
        const role = facts.reported.get(id) ?? roleInName(facts.actorNames.get(id)) ?? observed;
        return role ? [[id, role] as const] : [];
      }),
    );
  }

  private note(id: string, measures: Measures, now: number): void {
    const role = observedRole(measures);
    // An idle engine shows nothing, neither for a role nor against it.
    if (role === undefined) return;
    const known = this.evidenceById.get(id);
    if (known && known.role === role && now >= known.since) {
      known.isSettled ||= now - known.since >= evidenceMs;
      known.hasTransferred ||= rateOf(measures, transferredId) > 0;
      known.contradictedSince = undefined;
      return;
    }
    // A settled role outlasts a moment of something else.
    if (known?.isSettled) {
      known.contradictedSince ??= now;
      if (now >= known.contradictedSince && now - known.contradictedSince < evidenceMs) return;
    }
    if (role === 'mixed') this.evidenceById.delete(id);
    else {
      const hasTransferred = rateOf(measures, transferredId) > 0;
      this.evidenceById.set(id, { role, since: now, isSettled: false, hasTransferred, contradictedSince: undefined });
    }
  }

  /**
   * Whether what engines do tells their roles. Without a config only the two roles side by side do, with prompts that
   * come over a KV connector: engines in the long tail of a rollout decode without prompts, too.
   */
  private mayObserve(disaggregated: boolean | undefined): boolean {
    if (disaggregated !== undefined) return disaggregated;
    const settled = [...this.evidenceById.values()].filter(({ isSettled }) => isSettled);
    return (
      settled.some(({ role }) => role === 'prefill') &&
      settled.some(({ role, hasTransferred }) => role === 'decode' && hasTransferred)
    );
  }
}

/** Which role's engines make the measures of rows that begin with this id. */
const roleByRow: readonly (readonly [idPrefix: string, role: EngineRole])[] = [
  ['ttft_seconds', 'prefill'],
  ['tpot_seconds', 'decode'],
  ['output_speed_per_request', 'decode'],
];

/**
 * Whether an engine's measure of a row counts in the run's: first tokens come from prefill engines, the others from
 * decode engines. Every engine counts if none is known to have the role that makes the row.
 */
export function countsInAggregate(
  roles: ReadonlyMap<string, EngineRole>,
): (rowId: string, engineId: string) => boolean {
  const known = new Set(roles.values());
  return (rowId, engineId) => {
    const role = roles.size === 0 ? undefined : roleByRow.find(([prefix]) => rowId.startsWith(prefix))?.[1];
    if (role === undefined || !known.has(role)) return true;
    const own = roles.get(engineId);
    return own === undefined || own === role;
  };
}
