/** Reads recordings: the bodies, decompressed, and the answers of the dashboard, parsed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Json, JsonObject } from '../json';
import { fixturePath } from '../paths';

/** Folders of `test/fixtures` with recordings of Ray clusters. */
export const rayRecordings = ['ray-2.60', 'ray-2.57', 'ray-2.57-speculation', 'ray-2.56', 'ray-2.51'] as const;
/** A recording of a Ray cluster. */
export type RayRecording = (typeof rayRecordings)[number];
/** Any recording of `test/fixtures`. */
export type RecordingName = RayRecording | 'vllm-0.32-native';

const answerNames = ['logical-actors', 'nodes-summary', 'prometheus-sd', 'version'] as const;
/** An answer of the dashboard, by the end of its file's name. */
export type AnswerName = (typeof answerNames)[number];

/** One scrape of all nodes. */
export interface RecordedStep {
  /** `01-load`, as in the names of its files. */
  name: string;
  /** Unix ms. */
  at: number;
  bodies: { node: number; bytes: Buffer }[];
  /** The dashboard's answers; empty if none were recorded at this step. */
  json: Partial<Record<AnswerName, JsonObject | Json[]>>;
  /** What SkyRL's own scraper logs for the step; empty for the native server. */
  skyrlValues: Record<string, number>;
}

interface Recording {
  name: RecordingName;
  /** In the order of time. */
  steps: RecordedStep[];
}

interface IndexEntry {
  file: string;
  at_unix_s: number;
  node?: number;
}

interface SkyrlValuesEntry {
  step: string;
  values: Record<string, number>;
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;
const stepName = (file: string): string => file.replace(/(-node\d+)?\.prom\.gz$/, '');

function readAnswers(folder: string, step: string): RecordedStep['json'] {
  const names = answerNames.filter((name) => existsSync(join(folder, `${step}-${name}.json`)));
  return Object.fromEntries(names.map((name) => [name, readJson<JsonObject>(join(folder, `${step}-${name}.json`))]));
}

const cache = new Map<RecordingName, Recording>();

/** A recording of `test/fixtures`. It is read once and shared, so it must not be changed. */
export function loadRecording(name: RecordingName): Recording {
  const recording = cache.get(name) ?? { name, steps: readRecordingFolder(fixturePath(name)) };
  cache.set(name, recording);
  return recording;
}

/** The steps in a folder with the format of recordings, such as a capture of the extension. */
export function readRecordingFolder(folder: string): RecordedStep[] {
  const valuesFile = join(folder, 'skyrl-values.json');
  const valueEntries = existsSync(valuesFile) ? readJson<SkyrlValuesEntry[]>(valuesFile) : [];
  const steps = new Map<string, RecordedStep>();
  for (const { file, at_unix_s, node = 0 } of readJson<IndexEntry[]>(join(folder, 'index.json'))) {
    const name = stepName(file);
    const step = steps.get(name) ?? {
      name,
      at: Math.round(at_unix_s * 1000),
      bodies: [],
      json: readAnswers(folder, name),
      skyrlValues: valueEntries.find((entry) => entry.step === name)?.values ?? {},
    };
    step.bodies.push({ node, bytes: gunzipSync(readFileSync(join(folder, file))) });
    steps.set(name, step);
  }
  return [...steps.values()];
}

/** The recorded answers of the native server, by path: `get_server_info.json` is `/server_info`. */
export function loadNativeAnswers(): Map<string, Json> {
  const folder = fixturePath('vllm-0.32-native');
  const files = readdirSync(folder).filter((file) => /^get_.*\.json$/.test(file));
  return new Map(files.map((file) => [nativePath(file), readJson<Json>(join(folder, file))]));
}

const nativePath = (file: string): string => `/${file.slice('get_'.length, -'.json'.length).replace(/^v1_/, 'v1/')}`;
