/** The file of a kept run, as it is stored, exported and imported: JSON, or JSON that is compressed with gzip. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { maskSecret } from '../config/secrets';
import type { ChartSubject } from '../shared/chartData';
import { isChartData } from '../shared/chartGuards';
import { isAbsentOr, isCount, isList, isNumber, isObject, isOneOf, isString, type JsonObject } from '../shared/guards';
import { withoutControls } from '../shared/escapeLabel';
import type { Rollout } from '../shared/rollout';
import { joinLines } from '../shared/joinLines';
import { itemTexts, jsonLines } from '../shared/jsonLines';
import { JsonLimitError, parseJson } from '../shared/parseJson';
import { portablePath } from '../shared/portablePath';
import { isRollout } from '../shared/rolloutProtocol';
import type { KeptConfig, KeptConfigEntry, KeptRun, RunData } from './run';

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

/** A run as files have it: whether it is in progress is known only where it is watched. */
export interface StoredRun extends Omit<KeptRun, 'isOpen'> {
  /** When it was added here, Unix ms. */
  keptAt: number;
  /** A person gave it its name. */
  named?: true;
  /** Engine processes by which it is known again (`processKey`). */
  processes: readonly string[];
  /** When an engine worked last, Unix ms. */
  workedAt?: number;
}

/** Everything of a run as files have it. */
export interface RunDocument extends Omit<RunData, 'run'> {
  run: StoredRun;
}

/** A file that is not a run that this version can read. The message is for people, and continues a sentence. */
export class RunFileError extends Error {}

/** The version of the format; a reader refuses newer ones. */
const formatVersion = 1;
const mib = 2 ** 20;
/** Far more than a run of a week with hundreds of engines has. */
export const maxFileBytes = 32 * mib;
const maxTextBytes = 64 * mib;
const maxRollouts = 10_000;
const maxSeries = 20_000;
const maxRows = 3_000_000;
/** Of one series, which is written as one line: a run that was watched has 480. */
const maxSeriesRows = 100_000;
const maxEntries = 10_000;
const maxTextLength = 4_000;
/** Longest name of a run. */
export const maxNameLength = 200;

/** The head of a run, without its data, as a file. */
export const serializeHead = (run: StoredRun): Buffer =>
  Buffer.from(`${JSON.stringify({ skyrl_run: formatVersion, run })}\n`);

function* memberTexts(members: Readonly<Record<string, unknown>>): Generator<string> {
  for (const [key, value] of Object.entries(members)) yield `${JSON.stringify(key)}:${JSON.stringify(value)}`;
}

/** A run as JSON, in pieces that are written one after the other. */
function* runTexts({ run, config, rollouts, means, series, bands }: RunDocument): Generator<string> {
  yield `{"skyrl_run":${formatVersion},"run":${JSON.stringify(run)}`;
  if (config) {
    const { entries, ...rest } = config;
    yield `,\n"config":${JSON.stringify(rest).slice(0, -1)},"entries":`;
    yield* jsonLines(['[', ']'], itemTexts(entries));
    yield '}';
  }
  for (const [key, texts] of [
    ['rollouts', jsonLines(['[', ']'], itemTexts(rollouts))],
    ['means', jsonLines(['{', '}'], memberTexts(means))],
    ['series', jsonLines(['[', ']'], itemTexts(series))],
    ['bands', jsonLines(['[', ']'], itemTexts(bands))],
  ] as const) {
    yield `,\n"${key}":`;
    yield* texts;
  }
  yield '}\n';
}

/** The whole run as a file, made in slices. */
export async function serializeRun(document: RunDocument): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of joinLines(runTexts(document), () => undefined)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** A file, compressed with gzip. */
export const compress = (bytes: Uint8Array): Promise<Buffer> => gzipAsync(bytes, { level: 6 });

/** The bytes of JSON in a file, compressed or not. Rejects with a RunFileError if it is too large or damaged. */
async function unpack(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes.length > maxFileBytes) throw new RunFileError(`it is larger than ${maxFileBytes / mib} MiB`);
  const isCompressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!isCompressed) return bytes;
  try {
    return await gunzipAsync(bytes, { maxOutputLength: maxTextBytes });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new RunFileError(isTooLarge ? `it is larger than ${maxTextBytes / mib} MiB` : 'it is damaged');
  }
}

/** The head of a run in a file. Rejects with a RunFileError if it is not one. */
export async function parseHead(bytes: Uint8Array): Promise<StoredRun> {
  return parseRun((await readObject(bytes))['run']);
}

/** Everything of a run in a file. Rejects with a RunFileError if it is not one. Secrets are masked. */
export async function parseRunDocument(bytes: Uint8Array): Promise<RunDocument> {
  const { run, config, rollouts, means = {}, series, bands } = await readObject(bytes);
  const parsed = parseRun(run);
  if (!isAbsentOr(config, isConfig)) throw damaged('config');
  if (!isList(rollouts, isRollout) || rollouts.length > maxRollouts) throw damaged('rollouts');
  if (!isMeans(means)) throw damaged('means');
  const data = { series, bands, engineCount: 0 };
  if (!isChartData(data) || !isBounded(data.series)) throw damaged('series');
  return {
    run: parsed,
    ...(config !== undefined && { config: maskConfig(config as KeptConfig) }),
    rollouts: rollouts.map(ended),
    means,
    series: data.series.map(maskSubject),
    bands: data.bands.map(maskSubject),
  };
}

const damaged = (field: string): RunFileError =>
  new RunFileError(`it is damaged: "${field}" is not what a run has there`);

const isBounded = (series: readonly { at: readonly number[] }[]): boolean =>
  series.length <= maxSeries &&
  series.every(({ at }) => at.length <= maxSeriesRows) &&
  series.reduce((sum, { at }) => sum + at.length, 0) <= maxRows;

/** A rollout that was in progress when it was written has not been seen to its end. */
function ended({ isOpen, ...rollout }: Rollout): Rollout {
  return isOpen ? { ...rollout, cut: true } : rollout;
}

/** The address of a server, which is part of its engine's id, may hold a password. */
export function maskSubject<T extends { engine?: ChartSubject }>(item: T): T {
  const { engine } = item;
  return engine ? { ...item, engine: { ...engine, id: String(maskSecret('', engine.id)) } } : item;
}

function maskConfig({ file, readAt, editedAfterStart, entries }: KeptConfig): KeptConfig {
  return {
    file: portablePath(file),
    readAt,
    ...(editedAfterStart && { editedAfterStart }),
    entries: entries.map(maskEntry),
  };
}

/** A value is JSON; one that was cut is text. */
function maskEntry({ key, value, line, isDefault, unknownBecause }: KeptConfigEntry): KeptConfigEntry {
  let masked: string;
  try {
    masked = JSON.stringify(maskSecret(key, JSON.parse(value)));
  } catch {
    masked = String(maskSecret(key, value));
  }
  return {
    key,
    value: masked,
    ...(line !== undefined && { line }),
    ...(isDefault && { isDefault }),
    ...(unknownBecause !== undefined && { unknownBecause }),
  };
}

async function readObject(bytes: Uint8Array): Promise<JsonObject> {
  let value: unknown;
  try {
    value = await parseJson(await unpack(bytes));
  } catch (error) {
    if (error instanceof RunFileError) throw error;
    const reason = error instanceof JsonLimitError ? `its JSON is ${error.message}` : 'it is not JSON';
    throw new RunFileError(`it is damaged, or no run of SkyRL Metrics: ${reason}`);
  }
  const version = isObject(value) ? value['skyrl_run'] : undefined;
  if (!isObject(value) || !isCount(version) || version === 0) throw new RunFileError('it is no run of SkyRL Metrics');
  if (version > formatVersion)
    throw new RunFileError('a newer version of SkyRL Metrics made it; update the extension to read it');
  return value;
}

type Guard = (value: unknown) => boolean;

const isText = (value: unknown): value is string => isString(value) && value.length <= maxTextLength;
const isTrue: Guard = (value) => value === true;
const isTextList: Guard = (value) => isList(value, isText) && value.length <= 200;
const optional =
  (guard: Guard): Guard =>
  (value) =>
    isAbsentOr(value, guard);

const runGuards: Record<keyof StoredRun, Guard> = {
  id: (value) => isString(value) && isRunId(value),
  name: (value) => isText(value) && value !== '',
  from: isNumber,
  to: isNumber,
  keptAt: isNumber,
  workedAt: optional(isNumber),
  origin: (value) => isOneOf(value, ['watched', 'imported']),
  pinned: optional(isTrue),
  named: optional(isTrue),
  session: optional(isText),
  job: optional(isText),
  engines: isCount,
  nodes: optional(isCount),
  gpus: optional(isCount),
  models: optional(isTextList),
  releases: (value) => isObject(value) && ['skyrl', 'ray', 'vllm'].every((name) => isAbsentOr(value[name], isText)),
  config: optional(isText),
  rollouts: isCount,
  steps: isCount,
  processes: isTextList,
};

/** Whether a text is an id of a run, which is also a part of file names. */
export const isRunId = (text: string): boolean => /^[\w-]{1,64}$/.test(text);

function parseRun(value: unknown): StoredRun {
  if (!isObject(value)) throw damaged('run');
  const { from, to } = value;
  for (const [field, isValid] of Object.entries(runGuards)) if (!isValid(value[field])) throw damaged(`run.${field}`);
  if (Number(from) > Number(to)) throw damaged('run.to');
  const known = Object.fromEntries(
    Object.keys(runGuards).flatMap((field) => (value[field] === undefined ? [] : [[field, value[field]]])),
  ) as unknown as StoredRun;
  const { config, name } = known;
  if (config === undefined) return { ...known, name: toRunName(name) };
  // Files of earlier versions have the absolute path, and a name that begins with it.
  const file = portablePath(config);
  return { ...known, config: file, name: toRunName(name.replaceAll(config, () => file)) };
}

/** Text as the name of a run: one line of bounded length; empty if nothing is left of it. */
export const toRunName = (text: string): string =>
  withoutControls(String(maskSecret('', text)))
    .trim()
    .slice(0, maxNameLength);

function isConfig(value: unknown): boolean {
  return (
    isObject(value) &&
    isText(value['file']) &&
    isNumber(value['readAt']) &&
    isAbsentOr(value['editedAfterStart'], isTrue) &&
    isList(value['entries'], isEntry) &&
    value['entries'].length <= maxEntries
  );
}

const isEntry = (value: unknown): value is KeptConfigEntry =>
  isObject(value) &&
  isText(value['key']) &&
  isText(value['value']) &&
  isAbsentOr(value['line'], isCount) &&
  isAbsentOr(value['isDefault'], isTrue) &&
  isAbsentOr(value['unknownBecause'], isText);

const isMeans = (value: unknown): value is RunDocument['means'] =>
  isObject(value) && Object.values(value).every((means) => isObject(means) && Object.values(means).every(isNumber));
