/** Keeps the raw bodies of scrapes in a folder: compressed, bounded, written as they come. */
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Snapshot, TargetReport } from '../api';
import {
  dashboardResponseNames,
  dashboardPaths,
  captureIndexFile,
  capturedFields,
  pickFields,
  type DashboardResponseName,
  type CaptureEntry,
} from './captureFiles';
import type { TappedResponse } from './responseTap';

const compress = promisify(gzip);

export interface CaptureBounds {
  bytes: number;
  scrapes: number;
}
/** Twelve hours of two nodes at full rate have about 180 MB. */
export const captureBounds: CaptureBounds = { bytes: 512 * 2 ** 20, scrapes: 10_000 };

export interface CaptureResult {
  folder: string;
  scrapes: number;
  /** On disk. */
  bytes: number;
  /** Why it ended, where nobody ended it. */
  problem?: string;
}

export interface CaptureWriterOptions {
  folder: string;
  bounds?: CaptureBounds;
  /** It ended by itself: full, or the disk is. */
  onEnd: (result: CaptureResult) => void;
}

/** The folder itself where it is empty or not there yet, else a new one inside it. Rejects where it cannot be made. */
export async function createCaptureFolder(wanted: string, now: number): Promise<string> {
  await mkdir(wanted, { recursive: true });
  if ((await readdir(wanted)).length === 0) return wanted;
  const inside = path.join(wanted, `skyrl-scrapes-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`);
  await mkdir(inside);
  return inside;
}

function dashboardResponseName(url: string): DashboardResponseName | undefined {
  const { pathname } = new URL(url);
  return dashboardResponseNames.find((name) => dashboardPaths[name] === pathname);
}

export class CaptureWriter {
  private readonly bodies = new Map<string, TappedResponse>();
  private readonly answers = new Map<DashboardResponseName, Buffer>();
  private readonly index: CaptureEntry[] = [];
  /** Nodes by URL, in the order they were met. */
  private readonly nodes = new Map<string, number>();
  private scrapes = 0;
  private bytes = 0;
  private ended = false;
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

  /** Holds an answer until the scrape that it is of is done; the newest of each counts. */
  addResponse(seen: TappedResponse): void {
    if (this.ended) return;
    const name = dashboardResponseName(seen.url);
    if (name === undefined) this.bodies.set(seen.url, seen);
    else this.answers.set(name, seen.body);
  }

  /** A scrape is done: what was seen of it is written, one scrape after the other. Never rejects. */
  writeScrape({ trigger, targets }: Pick<Snapshot, 'trigger' | 'targets'>): Promise<void> {
    if (this.ended) return this.writing;
    const bodies = targets.flatMap((target) => {
      const seen = target.state === 'failed' ? undefined : this.bodies.get(target.url);
      return seen ? [{ target, seen }] : [];
    });
    const answers = new Map(this.answers);
    this.bodies.clear();
    this.answers.clear();
    if (bodies.length > 0) this.writing = this.writing.then(() => this.write(trigger, bodies, answers));
    return this.writing;
  }

  /** Ends it, when everything is written. */
  async stop(): Promise<CaptureResult> {
    this.ended = true;
    await this.writing;
    return this.result;
  }

  private async write(
    trigger: string,
    bodies: { target: TargetReport; seen: TappedResponse }[],
    answers: ReadonlyMap<DashboardResponseName, Buffer>,
  ): Promise<void> {
    if (this.problem !== undefined) return;
    const event = `${String(this.scrapes + 1).padStart(4, '0')}-${trigger}`;
    try {
      for (const { target, seen } of bodies) await this.writeBody(event, target, seen);
      for (const [name, body] of answers) await this.writeAnswer(`${event}-${name}.json`, name, body);
      await this.writeIndex();
      this.scrapes += 1;
      const { bytes, scrapes } = this.options.bounds ?? captureBounds;
      if (this.bytes >= bytes || this.scrapes >= scrapes)
        this.end(`the recording is full: ${this.scrapes} scrapes, ${Math.round(this.bytes / 2 ** 20)} MiB`);
    } catch (error) {
      this.end(error instanceof Error ? error.message : String(error));
    }
  }

  private end(problem: string): void {
    this.ended = true;
    this.problem = problem;
    this.options.onEnd(this.result);
  }

  private async writeBody(event: string, { url, kind }: TargetReport, { answer, body }: TappedResponse): Promise<void> {
    const node = this.nodes.get(url) ?? this.nodes.size;
    this.nodes.set(url, node);
    const file = `${event}-node${node}.prom.gz`;
    await this.put(file, await compress(body));
    const at = answer.at / 1000;
    this.index.push({
      file,
      at_unix_s: at,
      since_start_s: Math.round((at - (this.index[0]?.at_unix_s ?? at)) * 10) / 10,
      node,
      bytes: body.length,
      event,
      url,
      kind,
    });
  }

  private async writeAnswer(file: string, name: DashboardResponseName, body: Buffer): Promise<void> {
    let value: unknown;
    try {
      value = JSON.parse(body.toString('utf8'));
    } catch {
      return;
    }
    await this.put(file, Buffer.from(JSON.stringify(pickFields(value, capturedFields[name]))));
  }

  /** Whole at every moment: whoever opens the folder while it grows finds what is there. */
  private async writeIndex(): Promise<void> {
    const { folder } = this.options;
    const half = path.join(folder, `${captureIndexFile}.half`);
    await writeFile(half, `[\n${this.index.map((entry) => ` ${JSON.stringify(entry)}`).join(',\n')}\n]\n`);
    await rename(half, path.join(folder, captureIndexFile));
  }

  private async put(file: string, bytes: Uint8Array): Promise<void> {
    await writeFile(path.join(this.options.folder, file), bytes);
    this.bytes += bytes.byteLength;
  }
}
