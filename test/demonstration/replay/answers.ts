/** The dashboard's recorded answers, made to lead to the replaying servers. */
import { array, at, object, type Json, type JsonObject } from '../json';
import type { AnswerName, RecordedStep } from './recording';

/** The answer recorded at step `index`, else at the nearest step before it that has one, else at the nearest after. */
export function answerAt(steps: readonly RecordedStep[], index: number, name: AnswerName): Json {
  const before = steps.slice(0, index + 1).reverse();
  const found = [...before, ...steps.slice(index + 1)].find((step) => step.json[name] !== undefined);
  if (!found) throw new Error(`no ${name} in this recording`);
  return found.json[name] as Json;
}

function relocate(node: JsonObject, port: number): JsonObject {
  const raylet = object(node['raylet']);
  // A dead node keeps its port 0: that is how it is known.
  const metricsExportPort = raylet['metricsExportPort'] === 0 ? 0 : port;
  return { ...node, raylet: { ...raylet, nodeManagerAddress: '127.0.0.1', metricsExportPort } };
}

/** `/nodes?view=summary` with the agents at `ports` of 127.0.0.1: the head first, the others in recorded order. */
export function relocateNodes(summary: Json, ports: readonly number[]): Json {
  const nodes = array(at(summary, 'data', 'summary')).map(object);
  const isHead = (node: JsonObject): boolean => at(node, 'raylet', 'isHeadNode') === true;
  const ordered = [...nodes.filter(isHead), ...nodes.filter((node) => !isHead(node))];
  const moved = nodes.map((node) => relocate(node, ports[ordered.indexOf(node)] ?? 0));
  return { ...object(summary), data: { ...object(at(summary, 'data')), summary: moved } };
}
