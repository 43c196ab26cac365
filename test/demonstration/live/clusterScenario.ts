/**
 * The scenario of the demonstration with any number of engines and nodes: most engines are alike, and on a large cluster
 * some are fuller, slower or die.
 */
import { demonstrationScenario } from './demonstrationScenario';
import type { EngineTraits, Scenario } from './scenario';

/** The size of a cluster. */
export interface ClusterSize {
  engines: number;
  nodes: number;
}

type EngineKind = Omit<EngineTraits, 'node'>;

/** Kinds of engines, and how often each occurs: on one engine of `every`, beginning with the one of index `first`. */
const rareKinds: readonly { every: number; first: number; kind: EngineKind }[] = [
  { every: 64, first: 1, kind: { arrivals: 1.5, slowness: 3.5, speculation: false } },
  { every: 16, first: 2, kind: { arrivals: 10.5, slowness: 1, speculation: false } },
  { every: 8, first: 0, kind: { arrivals: 9.5, slowness: 1, speculation: true } },
];
const ordinaryKind: EngineKind = { arrivals: 6.3, slowness: 1, speculation: false };

/** One engine of so many dies in each cycle. */
const enginesPerDeath = 64;
/** With this many nodes, all engines of one node die together. */
const nodesForNodeDeath = 8;
const nodeDeathAt = 160;
/** From an engine's death to its restart, and to its readiness, in seconds. */
const restartAfter = 10;
const readyAfter = 25;
/** Deaths are between these seconds of a cycle, so that every engine is ready before all sleep. */
const deaths = { from: 60, to: 200 };
/** With more engines, a step of a quarter of a second would take more processor time than a demonstration should. */
const maxEnginesAtFullRate = 32;
const coarseStepMs = 2500;

/** A number from 0 to below 1 for an engine: the same at every start, evenly spread over the engines. */
const spread = (index: number): number => (index * 0.618_033_988_75) % 1;

function deathEvents(engine: number, at: number): Scenario['events'] {
  return [
    { at, engine, event: 'die' },
    { at: at + restartAfter, engine, event: 'restart' },
    { at: at + readyAfter, engine, event: 'ready' },
  ];
}

/** The scenario for a cluster; of the usual size it is the demonstration's own. Engines are spread evenly over nodes. */
export function clusterScenario({ engines, nodes }: ClusterSize): Scenario {
  const { engines: usualEngines, nodes: usualNodes, events, stepMs } = demonstrationScenario;
  if (engines === usualEngines.length && nodes === usualNodes) return demonstrationScenario;
  const nodeOf = (index: number): number => Math.floor((index * nodes) / engines);
  const indices = [...Array(engines).keys()];
  const traits = indices.map((index): EngineTraits => {
    const kind = rareKinds.find(({ every, first }) => index % every === first)?.kind ?? ordinaryKind;
    return { ...kind, arrivals: kind.arrivals * (0.85 + 0.3 * spread(index)), node: nodeOf(index) };
  });
  const dyingNode = nodes >= nodesForNodeDeath ? Math.floor(nodes / 3) : undefined;
  const deathOf = (index: number): Scenario['events'] => {
    if (nodeOf(index) === dyingNode) return deathEvents(index, nodeDeathAt);
    const isDying = index % enginesPerDeath === 3;
    return isDying
      ? deathEvents(index, deaths.from + 5 * Math.floor(((deaths.to - deaths.from) / 5) * spread(index)))
      : [];
  };
  return {
    ...demonstrationScenario,
    nodes,
    engines: traits,
    stepMs: engines > maxEnginesAtFullRate ? coarseStepMs : stepMs,
    events: [...events.filter(({ engine }) => engine === 'all'), ...indices.flatMap(deathOf)],
  };
}
