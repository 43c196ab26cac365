/**
 * A folder of recorded scrapes, in the form of the recordings in `test/fixtures`: bodies as they came (gzip), an index, and beside a step what
 * the dashboard said, reduced to what is read of it.
 */
import type { TargetKind } from '../api';
import { isObject } from '../shared/guards';

export const captureIndexFile = 'index.json';

/** One body. The last two are not in recordings made otherwise. */
export interface CaptureEntry {
  /** `0001-timer-node0.prom.gz` */
  file: string;
  at_unix_s: number;
  since_start_s: number;
  node: number;
  bytes: number;
  event: string;
  url?: string;
  kind?: TargetKind;
}

/** What the dashboard is asked, by the ending of the file that keeps its answer. */
export const dashboardPaths = {
  version: '/api/version',
  'prometheus-sd': '/api/prometheus/sd',
  'nodes-summary': '/nodes',
  'logical-actors': '/logical/actors',
} as const;
export type DashboardResponseName = keyof typeof dashboardPaths;
export const dashboardResponseNames = Object.keys(dashboardPaths) as DashboardResponseName[];

/** What of a JSON value is kept: `true` all of it, an object these keys, `*` every key or item. */
type FieldShape = true | { [key: string]: FieldShape };

/** What is read of each answer. Command lines, environments and the like are not. */
export const capturedFields: Record<DashboardResponseName, FieldShape> = {
  version: { version: true, ray_version: true, session_name: true },
  'prometheus-sd': true,
  'nodes-summary': {
    result: true,
    data: {
      summary: {
        '*': {
          now: true,
          ip: true,
          cpu: true,
          cpus: true,
          mem: true,
          loadAvg: true,
          gpus: {
            '*': { index: true, uuid: true, name: true, utilizationGpu: true, memoryUsed: true, memoryTotal: true },
          },
          raylet: { nodeId: true, state: true, isHeadNode: true, nodeManagerAddress: true, metricsExportPort: true },
        },
      },
    },
  },
  'logical-actors': {
    result: true,
    data: {
      actors: {
        '*': {
          actorId: true,
          actorClass: true,
          className: true,
          name: true,
          state: true,
          jobId: true,
          pid: true,
          startTime: true,
          endTime: true,
          numRestarts: true,
          workerId: true,
          address: { nodeId: true, ipAddress: true, port: true, workerId: true },
        },
      },
    },
  },
};

/** The parts of a value that a shape names; what is of another form is left out. */
export function pickFields(value: unknown, shape: FieldShape): unknown {
  if (shape === true) return value;
  const every = shape['*'];
  if (Array.isArray(value)) return every === undefined ? undefined : value.map((item) => pickFields(item, every));
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    const wanted = every ?? (Object.hasOwn(shape, key) ? shape[key] : undefined);
    const kept = wanted === undefined ? undefined : pickFields(inner, wanted);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return Object.fromEntries(entries);
}

/** The step that a body belongs to, as the names of its files begin. */
export const captureStepName = (file: string): string => file.replace(/(-node\d+)?\.prom\.gz$/, '');

/** Reads an index. Throws where it is none: a stranger's folder may hold anything. */
export function parseCaptureIndex(text: string): CaptureEntry[] {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value) || value.length === 0) throw new TypeError(`${captureIndexFile} lists no bodies`);
  return value.map((entry: unknown): CaptureEntry => {
    if (!isObject(entry)) throw new TypeError(`${captureIndexFile}: an entry is an object`);
    const { file, at_unix_s: at, node = 0, bytes = 0, since_start_s: since = 0, event = '', url, kind } = entry;
    // Only names beside the index: nothing outside the folder is read.
    if (typeof file !== 'string' || !/^[\w.-]+\.prom\.gz$/.test(file))
      throw new TypeError(`${captureIndexFile}: ${JSON.stringify(file)} is not the name of a body`);
    if (typeof at !== 'number' || !Number.isFinite(at) || typeof node !== 'number' || !Number.isSafeInteger(node))
      throw new TypeError(`${captureIndexFile}: ${file} has no time`);
    const isKind = (word: unknown): word is TargetKind =>
      ['ray', 'vllm', 'dynamo', 'router', 'other'].includes(word as string);
    return {
      file,
      at_unix_s: at,
      node,
      bytes: Number(bytes),
      since_start_s: Number(since),
      event: String(event),
      ...(typeof url === 'string' && URL.canParse(url) && { url }),
      ...(isKind(kind) && { kind }),
    };
  });
}
