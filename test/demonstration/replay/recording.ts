/** Reads a recording of `test/fixtures` as a whole: bodies decompressed, answers parsed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Json, JsonObject } from '../json';
import { fixturePath } from '../paths';

export const rayRecordings = ['ray-2.57', 'ray-2.57-speculation', 'ray-2.56', 'ray-2.51'] as const;
export type RayRecording = (typeof rayRecordings)[number];
export type RecordingName = RayRecording | 'vllm-0.32-native';

/** The dashboard's answers beside a step, by the ending of their files. */
export const answerNames = ['logical-actors', 'nodes-summary', 'prometheus-sd', 'version'] as const;
export type AnswerName = (typeof answerNames)[number];

export interface RecordedStep {
  /** `01-load`, as in the names of its files. */
  name: string;
  /** Unix ms. */
  at: number;
  bodies: { node: number; bytes: Buffer }[];
  /** Empty where none were recorded at this step. */
  json: Partial<Record<AnswerName, JsonObject | Json[]>>;
  /** What SkyRL's own scraper makes of the step; empty for the native server. */
  skyrlValues: Record<string, number>;
}

export interface Recording {
  name: RecordingName;
  steps: RecordedStep[];
}

interface IndexEntry {
  file: string;
  at_unix_s: number;
  node?: number;
}

interface SkyrlEntry {
  step: string;
  values: Record<string, number>;
}

const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;
const stepName = (file: string): string => file.replace(/(-node\d+)?\.prom\.gz$/, '');

function answersOf(folder: string, step: string): RecordedStep['json'] {
  const present = answerNames.filter((name) => existsSync(join(folder, `${step}-${name}.json`)));
  return Object.fromEntries(present.map((name) => [name, read<JsonObject>(join(folder, `${step}-${name}.json`))]));
}

const loaded = new Map<RecordingName, Recording>();

/** Everything of one recording, in the order it was recorded; read once, so not to be changed. */
export function loadRecording(name: RecordingName): Recording {
  const recording = loaded.get(name) ?? readRecording(name);
  loaded.set(name, recording);
  return recording;
}

function readRecording(name: RecordingName): Recording {
  return { name, steps: readRecordingFolder(fixturePath(name)) };
}

/** The steps of any folder in this form, as the extension records one. */
export function readRecordingFolder(folder: string): RecordedStep[] {
  const valuesFile = join(folder, 'skyrl-values.json');
  const skyrl = existsSync(valuesFile) ? read<SkyrlEntry[]>(valuesFile) : [];
  const steps = new Map<string, RecordedStep>();
  for (const { file, at_unix_s, node = 0 } of read<IndexEntry[]>(join(folder, 'index.json'))) {
    const step = stepName(file);
    const skyrlValues = skyrl.find((entry) => entry.step === step)?.values ?? {};
    const known = steps.get(step) ?? {
      name: step,
      at: Math.round(at_unix_s * 1000),
      bodies: [],
      json: answersOf(folder, step),
      skyrlValues,
    };
    known.bodies.push({ node, bytes: gunzipSync(readFileSync(join(folder, file))) });
    steps.set(step, known);
  }
  return [...steps.values()];
}

/** The GET answers beside the native recording: path → JSON, `get_server_info.json` for `/server_info`. */
export function loadNativeAnswers(): Map<string, Json> {
  const folder = fixturePath('vllm-0.32-native');
  const files = readdirSync(folder).filter((file) => /^get_.*\.json$/.test(file));
  return new Map(files.map((file) => [nativePath(file), read<Json>(join(folder, file))]));
}

const nativePath = (file: string): string => `/${file.slice('get_'.length, -'.json'.length).replace(/^v1_/, 'v1/')}`;
