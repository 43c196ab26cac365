/** Writes the bodies of scrapes into a capture: compressed, bounded, and readable while it grows. */
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Snapshot, TargetReport } from '../api';
import { parseJson } from '../shared/parseJson';
import {
  capturedFields,
  captureIndexFile,
  dashboardResponseName,
  pickFields,
  type CaptureEntry,
  type DashboardResponseName,
} from './captureFiles';
import type { TappedResponse } from './responseTap';

const gzipAsync = promisify(gzip);

interface CaptureBounds {
  /** On disk. */
  bytes: number;
  scrapes: number;
}
/** Twelve hours of two nodes, scraped every second, have about 180 MB. */
const defaultBounds: CaptureBounds = { bytes: 512 * 2 ** 20, scrapes: 10_000 };

/** The state of a capture. */
export interface CaptureResult {
  folder: string;
  scrapes: number;
  /** On disk. */
  bytes: number;
  /** Why it ended, if it was not stopped. */
  problem?: string;
}

interface CaptureWriterOptions {
  folder: string;
  bounds?: CaptureBounds;
  /** Called when it ends without `stop`: the bounds are reached, or writing failed. */
  onEnd: (result: CaptureResult) => void;
}

interface ScrapedBody {
  target: TargetReport;
  tapped: TappedResponse;
}

/**
 * Prepares a folder: the wanted one if it is empty or does not exist, else a new one inside it. Rejects if that fails.
 */
export async function createCaptureFolder(wanted: string, now: number): Promise<string> {
  await mkdir(wanted, { recursive: true });
  if ((await readdir(wanted)).length === 0) return wanted;
  const inside = path.join(wanted, `skyrl-scrapes-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`);
  await mkdir(inside);
  return inside;
}

/** Writes one capture. */
export class CaptureWriter {
  /** Bodies of the scrape in progress, by URL. */
  private readonly bodies = new Map<string, TappedResponse>();
  /** The dashboard's answers since the scrape before. */
  private readonly answers = new Map<DashboardResponseName, Buffer>();
  private readonly index: CaptureEntry[] = [];
  /** Number of each target by URL, in the order in which they were first seen. */
  private readonly nodeByUrl = new Map<string, number>();
  private scrapes = 0;
  private bytes = 0;
  private hasEnded = false;
  private problem: string | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly options: CaptureWriterOptions) {}

  get result(): CaptureResult {
    const { folder } = this.options;
    return {
      folder,
      scrapes: this.scrapes,
      bytes: this.bytes,
      ...(this.problem !== undefined && { problem: this.problem }),
    };
  }

  /** Keeps a response until its scrape is complete. Of several from one URL the newest is kept. */
  addResponse(tapped: TappedResponse): void {
    if (this.hasEnded) return;
    const name = dashboardResponseName(new URL(tapped.url).pathname);
    if (name === undefined) this.bodies.set(tapped.url, tapped);
    else this.answers.set(name, tapped.body);
  }

  /** Writes the responses of a complete scrape, after the scrapes before it. Never rejects. */
  writeScrape({ trigger, targets }: Pick<Snapshot, 'trigger' | 'targets'>): Promise<void> {
    if (this.hasEnded) return this.writing;
    const bodies = targets.flatMap((target): ScrapedBody[] => {
      const tapped = target.state === 'failed' ? undefined : this.bodies.get(target.url);
      return tapped ? [{ target, tapped }] : [];
    });
    const answers = new Map(this.answers);
    this.bodies.clear();
    this.answers.clear();
    if (bodies.length > 0) this.writing = this.writing.then(() => this.writeStep(trigger, bodies, answers));
    return this.writing;
  }

  /** Ends the capture. Resolves when everything is written. */
  async stop(): Promise<CaptureResult> {
    this.hasEnded = true;
    await this.writing;
    return this.result;
  }

  private async writeStep(
    trigger: string,
    bodies: readonly ScrapedBody[],
    answers: ReadonlyMap<DashboardResponseName, Buffer>,
  ): Promise<void> {
    if (this.problem !== undefined) return;
    const event = `${String(this.scrapes + 1).padStart(4, '0')}-${trigger}`;
    try {
      for (const body of bodies) await this.writeBody(event, body);
      for (const [name, answer] of answers) await this.writeAnswer(`${event}-${name}.json`, name, answer);
      await this.writeIndex();
      this.scrapes += 1;
      const { bytes, scrapes } = this.options.bounds ?? defaultBounds;
      if (this.bytes >= bytes || this.scrapes >= scrapes)
        this.end(`the recording is full: ${this.scrapes} scrapes, ${Math.round(this.bytes / 2 ** 20)} MiB`);
    } catch (error) {
      this.end(error instanceof Error ? error.message : String(error));
    }
  }

  private end(problem: string): void {
    this.hasEnded = true;
    this.problem = problem;
    this.options.onEnd(this.result);
  }

  private async writeBody(event: string, { target, tapped: { response, body } }: ScrapedBody): Promise<void> {
    const { url, kind } = target;
    const node = this.nodeByUrl.get(url) ?? this.nodeByUrl.size;
    this.nodeByUrl.set(url, node);
    const file = `${event}-node${node}.prom.gz`;
    await this.writeFile(file, await gzipAsync(body));
    const at = response.at / 1000;
    const sinceStart = Math.round((at - (this.index[0]?.at_unix_s ?? at)) * 10) / 10;
    this.index.push({ file, at_unix_s: at, since_start_s: sinceStart, node, bytes: body.length, event, url, kind });
  }

  private async writeAnswer(file: string, name: DashboardResponseName, body: Buffer): Promise<void> {
    let value: unknown;
    try {
      value = await parseJson(body);
    } catch {
      return;
    }
    await this.writeFile(file, Buffer.from(JSON.stringify(pickFields(value, capturedFields[name]))));
  }

  /** Replaces the index by renaming, so that it is complete whenever the folder is opened. */
  private async writeIndex(): Promise<void> {
    const { folder } = this.options;
    const halfFile = path.join(folder, `${captureIndexFile}.half`);
    await writeFile(halfFile, `[\n${this.index.map((entry) => ` ${JSON.stringify(entry)}`).join(',\n')}\n]\n`);
    await rename(halfFile, path.join(folder, captureIndexFile));
  }

  private async writeFile(file: string, bytes: Uint8Array): Promise<void> {
    await writeFile(path.join(this.options.folder, file), bytes);
    this.bytes += bytes.byteLength;
  }
}
