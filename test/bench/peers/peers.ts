/**
 * Other programs that read the same bytes, for comparison: processor time per scrape in ms (promtool: wall time), one
 * value per round.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import parsePrometheusTextFormat from 'parse-prometheus-text-format';
import { processorTimes, times } from '../timing';

/** Name of the comparison that compares every body with copies of it. */
export const copiesName = (copies: number): string => `native compare, ${copies} copies`;

interface Peer {
  name: string;
  /** Returns the duration of each round, or is the reason why it cannot be measured here. */
  run: ((rounds: number) => number[]) | { reason: string };
}

/**
 * All peers, and the bodies as files for them. `scrapes` is the number of scrapes that the bodies are, `copies` the
 * number of runs that our code follows.
 */
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
    const countNewlines = (body: Buffer): number => {
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
        run: (rounds) => this.inProcess(rounds, (body) => parsePrometheusTextFormat(body.toString('utf8')).length),
      },
      {
        name: 'promtool check metrics',
        run:
          SKYRL_BENCH_PROMTOOL === undefined
            ? { reason: SKYRL_BENCH_NO_PROMTOOL }
            : (rounds) => this.promtool(SKYRL_BENCH_PROMTOOL, rounds),
      },
      { name: 'native compare', run: (rounds) => this.compare(rounds, 1) },
      // The data of many runs does not fit into the processor's caches.
      { name: copiesName(this.copies), run: (rounds) => this.compare(rounds, this.copies) },
      { name: 'newline scan', run: (rounds) => this.inProcess(rounds, countNewlines) },
    ];
  }

  /** Removes the files. */
  end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private inProcess(rounds: number, read: (body: Buffer, index: number) => number): number[] {
    return processorTimes(rounds, () => this.bodies.reduce((sum, body, index) => sum + read(body, index), 0)).map(
      (ms) => ms / this.scrapes,
    );
  }

  /** Compares each body with copies of it; the time is per scrape and copy. */
  private compare(rounds: number, copies: number): number[] {
    const copiesOf = this.bodies.map((body) => Array.from({ length: copies }, () => Buffer.from(body)));
    return this.inProcess(rounds, (body, index) =>
      (copiesOf[index] as Buffer[]).reduce((sum, copy) => sum + body.compare(copy), 0),
    ).map((ms) => ms / copies);
  }

  /** Runs a script that prints the seconds of each round. */
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

  /** Runs promtool, including the start of its process, as people use it. Its exit code 3 means advice, not failure. */
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
