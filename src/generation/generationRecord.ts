/** A generation record: the event of one generation with everything that the event has no field for. */
import type { LoadAverage } from '../discovery/nodeLoads';
import { isNumber, isObject, isString } from '../shared/guards';
import type { DriftCheck } from './configDrift';
import type { EngineConfig, ProbedEngine } from './engineConfig';
import { parseEvent, type GenerationEvent } from './generationEvent';

/** A value of one engine (by name) at one time (Unix ms). */
export interface EngineValue {
  value: number;
  engine: string;
  at: number;
}

interface DevicePeak {
  device: string;
  peakGiB: number;
}

/** What started or stopped a record. `cut off`: the VS Code window closed; what was measured until then is kept. */
export type RecordCause = 'command' | 'work' | 'phase' | 'cut off';

/** Stored as JSON, one file each. */
export interface GenerationRecord {
  version: 1;
  /** Name of its file, such as `2026-11-25T21-15-07-120Z`. */
  id: string;
  /** Time of the scrape that is the base, Unix ms. */
  from: number;
  /** Time of the last scrape, Unix ms. */
  to: number;
  startedBy: RecordCause;
  endedBy: RecordCause;
  /** SkyRL's training phase that it covers, if a phase started it. */
  phase: string | null;
  /** Whether it was made from a replay instead of a live run. */
  replayed: boolean;
  event: GenerationEvent;
  flags: { check: DriftCheck; mismatches: string[] };
  /** GPU memory. `source` null: there is no number, and `problem` says why. */
  vram: {
    source: 'nvidia-smi' | 'ray_node_gram_used' | null;
    device: string | null;
    why: string | null;
    problem: string | null;
    samples: number;
    devices: DevicePeak[];
  };
  /** Load averages. `host`: this host or the node that the event's are of. */
  load: { host: string | null; nodes: Record<string, { before: LoadAverage | null; after: LoadAverage | null }> };
  kvCache: { last: EngineValue | null; highest: EngineValue | null };
  /** Tokens that were looked up and found. */
  prefixCache: { hits: number; queries: number } | null;
  /** Tokens that were drafted and accepted. */
  speculation: { accepted: number; drafted: number } | null;
  tokens: { prompt: number | null; generated: number | null };
  engineConfigs: { engine: string; source: ProbedEngine['source']; config: EngineConfig }[];
  engines: { id: string; name: string; node: string; model: string | null }[];
  /** Path of the config in its folder, if one was in use; its name alone if it is outside of the workspace. */
  config: string | null;
  raySession: string | null;
  /** Number of scrapes. */
  scrapes: number;
  /** Names of engines that restarted meanwhile; the steps in which they did are not in the ratios. */
  resets: string[];
}

type Guard = (value: unknown) => boolean;
const isTextOrNull: Guard = (value) => value === null || isString(value);
const isCause: Guard = (value) => ['command', 'work', 'phase', 'cut off'].includes(value as string);
const isObjectOrNull: Guard = (value) => value === null || isObject(value);

const fieldGuards: Record<keyof GenerationRecord, Guard> = {
  version: (value) => value === 1,
  id: (value) => typeof value === 'string' && /^[\w-]{1,64}$/.test(value),
  from: isNumber,
  to: isNumber,
  startedBy: isCause,
  endedBy: isCause,
  phase: isTextOrNull,
  replayed: (value) => typeof value === 'boolean',
  event: (value) => parseEvent(value) !== undefined,
  flags: (value) =>
    isObject(value) &&
    isString(value['check']) &&
    Array.isArray(value['mismatches']) &&
    value['mismatches'].every(isString),
  vram: (value) =>
    isObject(value) && isTextOrNull(value['source']) && isTextOrNull(value['device']) && isTextOrNull(value['problem']),
  load: (value) => isObject(value) && isTextOrNull(value['host']) && isObject(value['nodes']),
  kvCache: (value) => isObject(value) && isObjectOrNull(value['last']) && isObjectOrNull(value['highest']),
  prefixCache: isObjectOrNull,
  speculation: isObjectOrNull,
  tokens: isObject,
  engineConfigs: Array.isArray,
  engines: Array.isArray,
  config: isTextOrNull,
  raySession: isTextOrNull,
  scrapes: isNumber,
  resets: Array.isArray,
};

/** Parses a stored record. Throws a SyntaxError or TypeError if it is not one; the message names the field. */
export function parseRecord(json: string): GenerationRecord {
  const value: unknown = JSON.parse(json);
  if (!isObject(value)) throw new TypeError('a record is an object');
  const unknownField = Object.keys(value).find((name) => !Object.hasOwn(fieldGuards, name));
  if (unknownField !== undefined) throw new TypeError(`a record has no field ${JSON.stringify(unknownField)}`);
  for (const [name, isValid] of Object.entries(fieldGuards))
    if (!isValid(value[name])) throw new TypeError(`${name} is not what a record has there`);
  return { ...(value as unknown as GenerationRecord), event: parseEvent(value['event']) };
}

/** The record as it is stored and shown. */
export const serializeRecord = (record: GenerationRecord): string => `${JSON.stringify(record, null, 2)}\n`;
