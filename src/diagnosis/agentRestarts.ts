/** Ray's agents that began anew while their engines did not: all counters of a node fall at once. */
import type { RuleInput, RuleMemory, TrackedEngine } from './rule';

/** An agent that began anew. */
export interface AgentRestart {
  node: string;
  /** When the counters fell, Unix ms. */
  resetAt: number;
}

/** Names one restart of the agent that shows an engine; engines of one agent that were reset together share it. */
export const restartKey = ({ key, targetUrl, resetAt = 0 }: TrackedEngine): string => `${targetUrl ?? key} ${resetAt}`;

/**
 * The agents that restarted, by `restartKey`, as long as one of their engines has no rate since. On Ray an engine that
 * restarts is a new worker with a new id, so that the counters of a known worker fall only with its agent. That is
 * taken for granted if all engines that this agent shows fell together, and there are several or the actor is known to
 * have started before. `memory` keeps restarts, since the engines of one agent report again one after the other.
 */
export function restartedAgents(input: RuleInput, memory: RuleMemory): Map<string, AgentRestart> {
  const { trackedEngines, engines, now } = input;
  const reset = trackedEngines.filter(({ native, resetAt }) => !native && resetAt !== undefined);
  const restarts = new Map<string, AgentRestart>();
  for (const engine of reset) {
    const key = restartKey(engine);
    const { resetAt = 0 } = engine;
    const node = engines.find(({ id }) => id === engine.key)?.node ?? '';
    const shown = trackedEngines.filter(
      ({ targetUrl, seenAt }) => targetUrl === engine.targetUrl && seenAt === engine.seenAt,
    );
    const startedBefore = shown.some(({ key: id }) => {
      const startedAt = engines.find((each) => each.id === id)?.startedAt;
      return startedAt !== undefined && startedAt < resetAt;
    });
    const fellTogether = shown.every((other) => other.resetAt === resetAt) && (shown.length > 1 || startedBefore);
    if (fellTogether) memory.set(key, [now]);
    if (memory.has(key)) restarts.set(key, { node, resetAt });
  }
  for (const key of memory.keys()) if (!restarts.has(key)) memory.delete(key);
  return restarts;
}
