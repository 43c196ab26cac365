/** A record: one event, and beside it what the event has no field for. */
import type { EngineConfig, ProbedEngine } from './engineConfig';
import type { LoadAverage } from '../discovery/nodeLoads';
import { isObject } from '../shared/guards';
import { parseEvent, type GenerationEvent } from './generationEvent';
import type { DriftCheck } from './configDrift';

/** A value, of which engine (by name) and when (Unix ms). */
export interface EngineValue {
  value: number;
  engine: string;
  at: number;
}

export interface DevicePeak {
  device: string;
  peakGiB: number;
}

/** Who began or ended a record. `cut off`: the window closed; what was measured until then is kept. */
export type RecordCause = 'command' | 'work' | 'phase' | 'cut off';

export interface GenerationRecord {
  version: 1;
  /** Names its file: `2026-11-25T21-15-07-120Z`. */
  id: string;
  /** Unix ms: the scrape that is the base, and the last one. */
  from: number;
  to: number;
  startedBy: RecordCause;
  endedBy: RecordCause;
  /** SkyRL's training phase that it covers, where it was begun by one. */
  phase: string | null;
  /** It was made from recorded scrapes, not from a run. */
  replayed: boolean;
  event: GenerationEvent;
  flags: { check: DriftCheck; mismatches: string[] };
  /** `source` null: there is no number, and `problem` says why. */
  vram: {
    source: 'nvidia-smi' | 'ray_node_gram_used' | null;
    device: string | null;
    why: string | null;
    problem: string | null;
    samples: number;
    devices: DevicePeak[];
  };
  /** Where the load averages are from: this host, or a node of the cluster. */
  load: { host: string | null; nodes: Record<string, { before: LoadAverage | null; after: LoadAverage | null }> };
  kvCache: { last: EngineValue | null; highest: EngineValue | null };
  prefixCache: { hits: number; queries: number } | null;
  speculation: { accepted: number; drafted: number } | null;
  tokens: { prompt: number | null; generated: number | null };
  engineConfigs: { engine: string; source: ProbedEngine['source']; config: EngineConfig }[];
  engines: { id: string; name: string; node: string; model: string | null }[];
  /** Path of the config in its folder, where one was in use. */
  config: string | null;
  raySession: string | null;
  scrapes: number;
  /** Names of engines that began anew meanwhile; the steps in which they did are not in the ratios. */
  resets: string[];
}

type Check = (value: unknown) => boolean;
const text: Check = (value) => typeof value === 'string';
const textOrNull: Check = (value) => value === null || text(value);
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const cause: Check = (value) => ['command', 'work', 'phase', 'cut off'].includes(value as string);
const objectOrNull: Check = (value) => value === null || isObject(value);

const fields: Record<keyof GenerationRecord, Check> = {
  version: (value) => value === 1,
  id: (value) => typeof value === 'string' && /^[\w-]{1,64}$/.test(value),
  from: number,
  to: number,
  startedBy: cause,
  endedBy: cause,
  phase: textOrNull,
  replayed: (value) => typeof value === 'boolean',
  event: (value) => parseEvent(value) !== undefined,
  flags: (value) =>
    isObject(value) && text(value['check']) && Array.isArray(value['mismatches']) && value['mismatches'].every(text),
  vram: (value) =>
    isObject(value) && textOrNull(value['source']) && textOrNull(value['device']) && textOrNull(value['problem']),
  load: (value) => isObject(value) && textOrNull(value['host']) && isObject(value['nodes']),
  kvCache: (value) => isObject(value) && objectOrNull(value['last']) && objectOrNull(value['highest']),
  prefixCache: objectOrNull,
  speculation: objectOrNull,
  tokens: isObject,
  engineConfigs: Array.isArray,
  engines: Array.isArray,
  config: textOrNull,
  raySession: textOrNull,
  scrapes: number,
  resets: Array.isArray,
};

/** Reads a record back from JSON text. Throws where it is not one of ours, with the field that is not as it should be. */
export function parseRecord(json: string): GenerationRecord {
  const value: unknown = JSON.parse(json);
  if (!isObject(value)) throw new TypeError('a record is an object');
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) throw new TypeError(`a record has no field ${JSON.stringify(unknown)}`);
  for (const [name, fits] of Object.entries(fields))
    if (!fits(value[name])) throw new TypeError(`${name} is not what a record has there`);
  return { ...(value as unknown as GenerationRecord), event: parseEvent(value['event']) };
}

/** As it is kept and shown. */
export const serializeRecord = (record: GenerationRecord): string => `${JSON.stringify(record, null, 2)}\n`;
