/** The recorded answers of a dashboard, with the addresses of the replaying servers. */
import { array, at, object, type Json, type JsonObject } from '../json';
import type { AnswerName, RecordedStep } from './recording';

/**
 * The answer of a step, else of the nearest step before it that has one, else of the nearest after it. Throws if there
 * is none.
 */
export function answerAt(steps: readonly RecordedStep[], index: number, name: AnswerName): Json {
  const stepsBefore = steps.slice(0, index + 1).reverse();
  const step = [...stepsBefore, ...steps.slice(index + 1)].find(({ json }) => json[name] !== undefined);
  if (!step) throw new Error(`no ${name} in this recording`);
  return step.json[name] as Json;
}

function relocateNode(node: JsonObject, port: number): JsonObject {
  const raylet = object(node['raylet']);
  // A dead node is known by its port 0.
  const metricsExportPort = raylet['metricsExportPort'] === 0 ? 0 : port;
  return { ...node, raylet: { ...raylet, nodeManagerAddress: '127.0.0.1', metricsExportPort } };
}

/**
 * `/nodes?view=summary` with agents on 127.0.0.1. The first port is that of the head; the others are in recorded order.
 */
export function relocateNodes(summary: Json, ports: readonly number[]): Json {
  const nodes = array(at(summary, 'data', 'summary')).map(object);
  const isHead = (node: JsonObject): boolean => at(node, 'raylet', 'isHeadNode') === true;
  const headFirst = [...nodes.filter(isHead), ...nodes.filter((node) => !isHead(node))];
  const relocated = nodes.map((node) => relocateNode(node, ports[headFirst.indexOf(node)] ?? 0));
  return { ...object(summary), data: { ...object(at(summary, 'data')), summary: relocated } };
}
