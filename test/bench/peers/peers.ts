/** What others take for the same bytes: each gives the processor's milliseconds of one scrape (promtool: wall time), on the average over the bodies, once for each round. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import parsePrometheusTextFormat from 'parse-prometheus-text-format';
import { processorTimes, times } from '../timing';

export const copiesName = (copies: number): string => `native compare, ${copies} copies`;

export interface Peer {
  name: string;
  /** Or why it cannot be asked. */
  run: ((rounds: number) => number[]) | { reason: string };
}

/** The bodies as files, and all peers on them. `scrapes`: how many the bodies make up; `copies`: how many runs with these bodies ours watches at most. */
export class Peers {
  private readonly folder = mkdtempSync(join(tmpdir(), 'skyrl-bench-'));
  private readonly files: string[];

  constructor(
    private readonly bodies: readonly Buffer[],
    private readonly scrapes: number,
    private readonly copies: number,
  ) {
    this.files = bodies.map((_, index) => join(this.folder, `${index}.prom`));
    bodies.forEach((body, index) => writeFileSync(this.files[index] as string, body));
  }

  get all(): Peer[] {
    const {
      SKYRL_BENCH_PYTHON,
      SKYRL_BENCH_NO_PYTHON = '',
      SKYRL_BENCH_CLIENT_PYTHON,
      SKYRL_BENCH_NO_CLIENT = '',
      SKYRL_BENCH_PROMTOOL,
      SKYRL_BENCH_NO_PROMTOOL = '',
    } = process.env;
    const feeds = (body: Buffer): number => {
      let count = 0;
      for (let at = body.indexOf(10); at !== -1; at = body.indexOf(10, at + 1)) count += 1;
      return count;
    };
    return [
      {
        name: 'SkyRL’s kind (Python)',
        run:
          SKYRL_BENCH_PYTHON === undefined
            ? { reason: SKYRL_BENCH_NO_PYTHON }
            : (rounds) => this.python(SKYRL_BENCH_PYTHON, 'scraper.py', rounds),
      },
      {
        name: 'prometheus_client',
        run:
          SKYRL_BENCH_CLIENT_PYTHON === undefined
            ? { reason: SKYRL_BENCH_NO_CLIENT }
            : (rounds) => this.python(SKYRL_BENCH_CLIENT_PYTHON, 'client.py', rounds),
      },
      {
        name: 'parse-prometheus-text-format',
        run: (rounds) => this.here(rounds, (body) => parsePrometheusTextFormat(body.toString('utf8')).length),
      },
      {
        name: 'promtool check metrics',
        run:
          SKYRL_BENCH_PROMTOOL === undefined
            ? { reason: SKYRL_BENCH_NO_PROMTOOL }
            : (rounds) => this.promtool(SKYRL_BENCH_PROMTOOL, rounds),
      },
      { name: 'native compare', run: (rounds) => this.compare(rounds, 1) },
      // What is held of many runs is in no cache of the processor.
      { name: copiesName(this.copies), run: (rounds) => this.compare(rounds, this.copies) },
      { name: 'newline scan', run: (rounds) => this.here(rounds, feeds) },
    ];
  }

  end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private here(rounds: number, work: (body: Buffer, index: number) => number): number[] {
    return processorTimes(rounds, () => this.bodies.reduce((sum, body, index) => sum + work(body, index), 0)).map(
      (ms) => ms / this.scrapes,
    );
  }

  /** Each body with copies of it, by scrape and copy. */
  private compare(rounds: number, copies: number): number[] {
    const held = this.bodies.map((body) => Array.from({ length: copies }, () => Buffer.from(body)));
    return this.here(rounds, (body, index) =>
      (held[index] as Buffer[]).reduce((sum, copy) => sum + body.compare(copy), 0),
    ).map((ms) => ms / copies);
  }

  /** A script that prints the seconds of each of its rounds. */
  private python(python: string, script: string, rounds: number): number[] {
    const { stdout, status, stderr } = spawnSync(
      python,
      [join('test', 'bench', 'peers', script), String(rounds), ...this.files],
      { encoding: 'utf8', timeout: 120_000 },
    );
    if (status !== 0) throw new Error(stderr);
    return stdout
      .trim()
      .split('\n')
      .map((seconds) => (Number(seconds) * 1000) / this.scrapes);
  }

  /** Whole processes, their start included: that is how it is used. It ends with 3 where it has advice. */
  private promtool(path: string, rounds: number): number[] {
    const inputs = this.files.map((file) => readFileSync(file));
    return times(rounds, () => {
      for (const input of inputs) {
        const { status, error } = spawnSync(path, ['check', 'metrics'], { input, timeout: 60_000, maxBuffer: 1 << 26 });
        if (error) throw error;
        if (status !== 0 && status !== 3) throw new Error(`promtool ended with ${status}`);
      }
    }).map((ms) => ms / this.scrapes);
  }
}
