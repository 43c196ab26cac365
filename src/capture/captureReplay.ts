/** A folder of recorded scrapes as if it were live: an HttpGet that answers from it, and a clock that goes with it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { TargetKind } from '../api';
import type { DiscoveryInput } from '../discovery/discover';
import { noTokens } from '../discovery/token';
import { HttpError, type HttpGet } from '../http/httpGet';
import { maxBodyBytes } from '../http/responseBody';
import type { Clock } from '../shared/clock';
import {
  dashboardResponseNames,
  dashboardPaths,
  captureIndexFile,
  parseCaptureIndex,
  captureStepName,
  type DashboardResponseName,
  type CaptureEntry,
} from './captureFiles';

const decompress = promisify(gunzip);
/** A name that no resolver knows. */
const dashboard = 'http://recording.invalid:8265';

export interface ReplayTarget {
  url: string;
  kind: TargetKind;
}

interface Step {
  name: string;
  /** Unix ms: the last moment at which one of its answers began. */
  at: number;
  /** By target URL. */
  bodies: Map<string, { file: string; at: number }>;
}

export interface CaptureReplay {
  folder: string;
  stepCount: number;
  /** Of the step that is shown, from 0. */
  readonly stepIndex: number;
  get: HttpGet;
  /** Stands at the step's time and goes on to the next one's. */
  clock: Clock;
  discovery: DiscoveryInput;
  /** Goes on to the next step; false at the last one. */
  next(): boolean;
  /** How long this step lasts, in ms; undefined for the last one. */
  readonly stepDurationMs: number | undefined;
}

function targetOf({ file, node, url, kind }: CaptureEntry): ReplayTarget {
  if (url !== undefined) return { url, kind: kind ?? 'ray' };
  return /-node\d+\.prom\.gz$/.test(file)
    ? { url: `http://node${node}.recording.invalid:8080/metrics`, kind: 'ray' }
    : { url: 'http://server.recording.invalid:8000/metrics', kind: 'vllm' };
}

function stepsOf(index: readonly CaptureEntry[]): Step[] {
  const steps = new Map<string, Step>();
  for (const entry of index) {
    const name = captureStepName(entry.file);
    const at = Math.round(entry.at_unix_s * 1000);
    const step = steps.get(name) ?? { name, at, bodies: new Map<string, { file: string; at: number }>() };
    step.at = Math.max(step.at, at);
    step.bodies.set(targetOf(entry).url, { file: entry.file, at });
    steps.set(name, step);
  }
  return [...steps.values()].sort((a, b) => a.at - b.at);
}

function discoveryOf(targets: readonly ReplayTarget[]): DiscoveryInput {
  const others = targets.filter(({ kind }) => kind !== 'ray').map(({ url }) => url);
  const hasRay = others.length < targets.length;
  return {
    metricsPath: hasRay ? 'ray' : 'external-servers',
    serverUrls: hasRay ? [] : others,
    endpoints: hasRay ? others : [],
    endpointsTyped: true,
    serverCount: 1,
    tokens: noTokens,
    dashboardSetting: dashboard,
    dashboardTyped: true,
    // No file of this machine is this recording's.
    environment: { RAY_TMPDIR: '/nonexistent' },
  };
}

const hostAndPortOf = (url: string): string => new URL(url).host;

/** Opens a recording. Rejects with words for people where the folder holds none. */
export async function openCaptureReplay(folder: string, real: Clock, speed = 1): Promise<CaptureReplay> {
  const index = parseCaptureIndex(await readFile(path.join(folder, captureIndexFile), 'utf8'));
  const steps = stepsOf(index);
  const targets = [...new Map(index.map((entry) => [targetOf(entry).url, targetOf(entry)])).values()];
  const ray = targets.filter(({ kind }) => kind === 'ray').map(({ url }) => hostAndPortOf(url));
  let place = 0;
  let began = real.now();
  const current = (): Step => steps[place] as Step;
  const lasts = (): number | undefined => steps[place + 1] && (steps[place + 1] as Step).at - current().at;
  const now = (): number => current().at + Math.min((real.now() - began) * speed, lasts() ?? 0);

  const read = async (file: string): Promise<Buffer> => {
    try {
      const bytes = await readFile(path.join(folder, file));
      return file.endsWith('.gz') ? await decompress(bytes, { maxOutputLength: maxBodyBytes }) : bytes;
    } catch (error) {
      throw new HttpError(
        'other',
        `${file} of the recording cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  };
  /** The dashboard's answer beside this step, else beside the nearest step before it. */
  const answer = async (name: DashboardResponseName): Promise<Buffer> => {
    if (name === 'prometheus-sd') return Buffer.from(JSON.stringify([{ labels: { job: 'ray' }, targets: ray }]));
    for (let at = place; at >= 0; at -= 1) {
      const found = await readFile(path.join(folder, `${(steps[at] as Step).name}-${name}.json`)).catch(
        () => undefined,
      );
      if (found) return found;
    }
    throw new HttpError('status', 'not in the recording', 404);
  };
  const get: HttpGet = async (url, { onChunk, signal }) => {
    const { origin, pathname } = new URL(url);
    const name =
      origin === dashboard ? dashboardResponseNames.find((each) => dashboardPaths[each] === pathname) : undefined;
    const own = current().bodies.get(url);
    const at = own?.at ?? current().at;
    if (name === undefined && own === undefined)
      throw new HttpError(
        targets.some((target) => target.url === url) ? 'refused' : 'status',
        'not in the recording at this step',
        404,
      );
    const body = name === undefined ? await read(own?.file ?? '') : await answer(name);
    if (signal.aborted) throw new HttpError('cancelled', 'cancelled');
    onChunk?.(body);
    return { at, bytes: body.length, mediaType: name === undefined ? 'text/plain' : 'application/json', framed: true };
  };
  return {
    folder,
    stepCount: steps.length,
    get,
    discovery: discoveryOf(targets),
    clock: { now, after: (ms, call) => real.after(ms / speed, call) },
    get stepIndex() {
      return place;
    },
    get stepDurationMs() {
      return lasts();
    },
    next() {
      if (place + 1 >= steps.length) return false;
      place += 1;
      began = real.now();
      return true;
    },
  };
}
