/** Nodes, GPUs, the trainer and servers, as the snapshot shows them. */
import type { Measure, Part } from '../api';
import { subjectName } from '../metrics/nonEngineSubjects';

const partKinds = ['node', 'gpu', 'trainer', 'server'] as const;

/**
 * The subjects that are not engines. The first word of their key is their kind. `nodes`: the machine of each subject.
 */
export function toParts(
  bySubject: ReadonlyMap<string, Record<string, Measure>>,
  nodes: ReadonlyMap<string, string>,
): Part[] {
  return [...bySubject].flatMap(([id, measures]): Part[] => {
    const kind = partKinds.find((each) => id.startsWith(`${each} `));
    if (!kind) return [];
    const node = nodes.get(id) ?? (kind === 'node' ? id.slice('node '.length) : '');
    const gpuIndex = kind === 'gpu' ? id.split(' ').at(-1) : '';
    return [{ id, kind, name: subjectName(kind, id, node, gpuIndex), node, measures }];
  });
}
