/**
 * The form of a capture: a folder with the bodies of targets as they arrived (gzip), an index, and for each step the
 * dashboard's answers, reduced to the fields that are read. The recordings in `test/fixtures` have the same form.
 */
import type { TargetKind } from '../api';
import { parseJson } from '../shared/parseJson';
import { isNumber, isObject, isOneOf } from '../shared/guards';

/** Name of the index in the folder. */
export const captureIndexFile = 'index.json';

/** One body in the index. */
export interface CaptureEntry {
  /** File name: `0001-timer-node0.prom.gz`. */
  file: string;
  /** When the response began, Unix s. */
  at_unix_s: number;
  /** Seconds since the first response of the capture. */
  since_start_s: number;
  /** Number of the target, from 0. */
  node: number;
  /** Length of the body before compression. */
  bytes: number;
  /** Number and trigger of the step: `0001-timer`. */
  event: string;
  /** Missing in recordings that were not made by this extension. */
  url?: string;
  /** Missing in recordings that were not made by this extension. */
  kind?: TargetKind;
}

/** Paths of the dashboard whose answers are captured, by the ending of their file. */
const dashboardPaths = {
  version: '/api/version',
  'prometheus-sd': '/api/prometheus/sd',
  'nodes-summary': '/nodes',
  'logical-actors': '/logical/actors',
} as const;

/** Ending of the file of a dashboard's answer. */
export type DashboardResponseName = keyof typeof dashboardPaths;

/** The captured answer that a path of the dashboard gives; undefined for any other path. */
export const dashboardResponseName = (pathname: string): DashboardResponseName | undefined =>
  (Object.keys(dashboardPaths) as DashboardResponseName[]).find((name) => dashboardPaths[name] === pathname);

/** The fields of a JSON value that are kept: `true` keeps all of it, an object these keys, `*` every key or item. */
type FieldShape = true | { [key: string]: FieldShape };

/** The kept fields of each answer. Command lines and environments are not among them, because they may hold secrets. */
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

/** The fields of a value that a shape names; undefined if the value has another shape. */
export function pickFields(value: unknown, shape: FieldShape): unknown {
  if (shape === true) return value;
  const every = shape['*'];
  if (Array.isArray(value)) return every === undefined ? undefined : value.map((item) => pickFields(item, every));
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value).flatMap(([key, field]) => {
    const fieldShape = every ?? (Object.hasOwn(shape, key) ? shape[key] : undefined);
    const picked = fieldShape === undefined ? undefined : pickFields(field, fieldShape);
    return picked === undefined ? [] : [[key, picked] as const];
  });
  return Object.fromEntries(entries);
}

/** Name of the step that a body belongs to; the files of a step begin with it. */
export const captureStepName = (file: string): string => file.replace(/(-node\d+)?\.prom\.gz$/, '');

const targetKinds: readonly TargetKind[] = ['ray', 'vllm', 'dynamo', 'router', 'other'];

/** Parses an index of any origin. Rejects with a SyntaxError, JsonLimitError or TypeError with a message for people if it is not one. */
export async function parseCaptureIndex(bytes: Uint8Array): Promise<CaptureEntry[]> {
  const value: unknown = await parseJson(bytes);
  if (!Array.isArray(value) || value.length === 0) throw new TypeError(`${captureIndexFile} lists no bodies`);
  return value.map(parseCaptureEntry);
}

function parseCaptureEntry(entry: unknown): CaptureEntry {
  if (!isObject(entry)) throw new TypeError(`${captureIndexFile}: an entry is an object`);
  const { file, at_unix_s: at, node = 0, bytes = 0, since_start_s: since = 0, event = '', url, kind } = entry;
  // A plain file name only, so that nothing outside of the folder is read.
  if (typeof file !== 'string' || !/^[\w.-]+\.prom\.gz$/.test(file))
    throw new TypeError(`${captureIndexFile}: ${JSON.stringify(file)} is not the name of a body`);
  if (!isNumber(at) || typeof node !== 'number' || !Number.isSafeInteger(node))
    throw new TypeError(`${captureIndexFile}: ${file} has no time`);
  return {
    file,
    at_unix_s: at,
    node,
    bytes: Number(bytes),
    since_start_s: Number(since),
    event: String(event),
    ...(typeof url === 'string' && URL.canParse(url) && { url }),
    ...(isOneOf(kind, targetKinds) && { kind }),
  };
}
