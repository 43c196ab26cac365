/**
 * A capture in one small file: every line of the bodies once, and its values as a column over the steps; compressed
 * with Brotli. The recording that ships with the extension has this form.
 */
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import type { CaptureEntry } from './captureFiles';
import type { CaptureSource } from './captureSource';

const decompress = promisify(brotliDecompress);

/** Far above the shipped recording. */
const maxBundleBytes = 64 * 2 ** 20;

/** What the views tell about the recorded run. */
export interface Example {
  /** What it is a recording of, as a part of a sentence. */
  about: string;
  /** How many engines its config asks for. */
  expectedEngines: number;
  /** Steps that are played at once at the beginning, so that there is a past to show. */
  catchUpSteps: number;
}

/** One target of a bundle. */
export interface BundledTarget {
  url: string;
  /** Lines of its bodies without their values, in order; comment lines are whole. */
  lines: string[];
  /** By line: its value at each step, separated by commas (`packColumn`). */
  columns: string[];
}

/** The content of a bundle. */
export interface CaptureBundle extends Example {
  skyrl_capture_bundle: 1;
  license: 'Apache-2.0';
  /** Name and Unix ms of each step, oldest first. */
  steps: [name: string, at: number][];
  targets: BundledTarget[];
  /** The dashboard's answers by file name, each where it differs from the one before. */
  answers: Record<string, string>;
}

/** Where a step has no such line. */
const missing = '-';
/** What the steps of a whole-number column leave out. */
const wholeEnding = '.0';

/**
 * The values of a line at each step as text. Whole numbers (`7.0`) become differences to the step before, other values
 * are empty where they repeat: both compress to a tenth.
 */
export function packColumn(values: readonly (string | undefined)[]): string {
  if (values.every((value) => value === undefined || /^\d{1,15}\.0$/.test(value))) {
    let last = 0;
    const differences = values.map((value) => {
      if (value === undefined) return missing;
      const difference = Number(value) - last;
      last += difference;
      return difference === 0 ? '' : String(difference);
    });
    return `+${differences.join()}`;
  }
  let last = '';
  const changes = values.map((value) => {
    if (value === undefined) return missing;
    const change = value === last ? '' : value;
    last = value;
    return change;
  });
  return `=${changes.join()}`;
}

/** What `packColumn` was given. */
export function unpackColumn(column: string): (string | undefined)[] {
  const cells = column.slice(1).split(',');
  if (column.startsWith('+')) {
    let last = 0;
    return cells.map((cell) => {
      if (cell === missing) return undefined;
      last += Number(cell);
      return `${last}${wholeEnding}`;
    });
  }
  let last = '';
  return cells.map((cell) => {
    if (cell === missing) return undefined;
    last = cell === '' ? last : cell;
    return last;
  });
}

/** The body of a step, from lines and their unpacked columns. */
const bodyOf = (lines: readonly string[], columns: readonly (string | undefined)[][], step: number): string =>
  lines
    .map((line, index) => {
      const value = columns[index]?.[step];
      return value === undefined ? '' : value === '' ? `${line}\n` : `${line} ${value}\n`;
    })
    .join('');

const bodyFile = (step: string, node: number): string => `${step}-node${node}.prom.gz`;

const toIndex = ({ steps, targets }: CaptureBundle): CaptureEntry[] =>
  steps.flatMap(([event, at]) =>
    targets.map(({ url }, node) => ({
      file: bodyFile(event, node),
      at_unix_s: at / 1000,
      since_start_s: (at - (steps[0]?.[1] ?? at)) / 1000,
      node,
      bytes: 0,
      event,
      url,
      kind: 'ray' as const,
    })),
  );

/** Opens a bundle of this extension. Rejects if the bytes are not one. */
export async function openBundle(bytes: Buffer): Promise<{ source: CaptureSource; example: Example }> {
  const text = await decompress(bytes, { maxOutputLength: maxBundleBytes });
  // Shipped with the extension, so its shape is known.
  const bundle = JSON.parse(text.toString('utf8')) as CaptureBundle;
  const { about, expectedEngines, catchUpSteps, steps, targets, answers } = bundle;
  const readers = new Map<string, () => string>();
  for (const [node, { lines, columns }] of targets.entries()) {
    const unpacked = columns.map(unpackColumn);
    for (const [step, [name]] of steps.entries())
      readers.set(bodyFile(name, node), () => bodyOf(lines, unpacked, step));
  }
  const toBuffer = async (content: string | undefined, file: string): Promise<Buffer> => {
    if (content === undefined) throw new Error(`there is no ${file}`);
    return Buffer.from(content);
  };
  return {
    source: {
      name: about,
      readIndex: async () => toIndex(bundle),
      readBody: (file) => toBuffer(readers.get(file)?.(), file),
      readAnswer: (file) => toBuffer(answers[file], file),
    },
    example: { about, expectedEngines, catchUpSteps },
  };
}
