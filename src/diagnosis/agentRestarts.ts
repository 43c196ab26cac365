/** Ray's agents that began anew while their engines did not: the counters of a node fall. */
import type { RuleInput, RuleMemory, TrackedEngine } from './rule';

/** An agent that began anew. */
export interface AgentRestart {
  node: string;
  /** When the first counters fell, Unix ms. */
  resetAt: number;
}

/** How long after an agent's restart its engines may be shown again for the first time, in ms. */
const returnMs = 5 * 60_000;

/**
 * The restarts by id of each engine that has had no rate since. On Ray an engine that restarts is a new worker with a
 * new id, so that the counters of a known worker fall only with its agent. That is taken for granted if its actor is
 * known to have started before, if all engines that this agent shows fell together, even if that is one, or if another
 * engine showed a restart of this agent shortly before. `memory` keeps restarts, since the engines of one agent report
 * again one after the other.
 */
export function restartedAgents(input: RuleInput, memory: RuleMemory): Map<string, AgentRestart> {
  const { trackedEngines, engineById, now } = input;
  const nodeOf = ({ key }: TrackedEngine): string => engineById.get(key)?.node ?? '';
  const agentOf = (engine: TrackedEngine): string => engine.targetUrl ?? `node ${nodeOf(engine)}`;
  const startedBefore = ({ key, resetAt = 0 }: TrackedEngine): boolean =>
    (engineById.get(key)?.startedAt ?? Infinity) < resetAt;

  // The counters of all ranks fall with the agent.
  const reset = trackedEngines.filter(
    ({ native, resetAt, resetInPart = false }) => !native && resetAt !== undefined && !resetInPart,
  );
  // By agent and answer, when the counters of the engines that it showed fell.
  const answerOf = (engine: TrackedEngine): string => `${engine.seenAt} ${agentOf(engine)}`;
  const resetsByAnswer = new Map<string, Set<number | undefined>>();
  for (const engine of reset.length > 0 ? trackedEngines : []) {
    const resets = resetsByAnswer.get(answerOf(engine)) ?? new Set();
    resetsByAnswer.set(answerOf(engine), resets.add(engine.resetAt));
  }
  const fellWithAgent = (engine: TrackedEngine): boolean =>
    startedBefore(engine) || resetsByAnswer.get(answerOf(engine))?.size === 1;
  for (const engine of reset) {
    const { resetAt = 0 } = engine;
    const [restartedAt] = memory.get(agentOf(engine)) ?? [];
    const isKnown = restartedAt !== undefined && resetAt - restartedAt < returnMs;
    if (!isKnown && fellWithAgent(engine)) memory.set(agentOf(engine), [resetAt]);
  }
  const restarts = new Map<string, AgentRestart>();
  for (const engine of reset) {
    const [resetAt] = memory.get(agentOf(engine)) ?? [];
    if (resetAt !== undefined && (engine.resetAt ?? 0) >= resetAt)
      restarts.set(engine.key, { node: nodeOf(engine), resetAt });
  }
  const inUse = new Set(reset.map(agentOf));
  for (const [agent, [resetAt = 0]] of memory) if (!inUse.has(agent) && now - resetAt >= returnMs) memory.delete(agent);
  return restarts;
}
