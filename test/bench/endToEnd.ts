/**
 * Measures HTTP to numbers: all targets of a large run on loopback, scraped as the extension does it, beside a client
 * that
 * drops the same bytes and a real Prometheus. Each runs in a separate process, so that none leaves garbage for another.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findPrometheus, startPrometheus } from '../prometheus/server';
import { plot, result, skipped, smoke, table } from './report';
import { costPrograms, runCostProgram, type Cost } from './scrapeCost';
import { bodiesOf } from './targetBodies';
import { at, rounds, runProgram } from './timing';

const targetCount = smoke ? 4 : 64;
const maxBytes = smoke ? 50_000 : Infinity;

async function startServer(): Promise<{ child: ChildProcess; ports: number[] }> {
  const child = spawn(process.execPath, [join(__dirname, 'server.js'), String(targetCount), String(maxBytes)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ports = await new Promise<number[]>((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
      if (output.endsWith('\n')) resolve(JSON.parse(output) as number[]);
    });
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return { child, ports };
}

/** Costs of a process: of its first scrape, and of those after its warm-up. */
interface ProcessCosts {
  first: Cost;
  warm: Cost[];
}

function measureProcess(kind: keyof typeof costPrograms, ports: readonly number[]): ProcessCosts {
  const numbers = runProgram(__filename, kind, ...ports.map(String));
  const costs = Array.from({ length: numbers.length / 3 }, (_, index): Cost => ({
    ms: numbers[3 * index] ?? NaN,
    cpuMs: numbers[3 * index + 1] ?? NaN,
    blockMs: numbers[3 * index + 2] ?? NaN,
  }));
  const [first, ...warm] = costs;
  return { first: first as Cost, warm };
}

/** Measures our code and the dropping client in turn, so that both run under the same conditions. */
function measureInTurn(ports: readonly number[]): Record<'scraping' | 'dropping', ProcessCosts> {
  const [scraping, dropping]: [ProcessCosts[], ProcessCosts[]] = [[], []];
  for (let round = 0; round < rounds(3); round += 1) {
    dropping.push(measureProcess('--drop', ports));
    scraping.push(measureProcess('--scrape', ports));
  }
  const join = (processes: readonly ProcessCosts[]): ProcessCosts => ({
    first: (processes[0] as ProcessCosts).first,
    warm: processes.flatMap(({ warm }) => warm),
  });
  return { scraping: join(scraping), dropping: join(dropping) };
}

/** The sum over all targets of the scrape durations of a real Prometheus, in seconds, at several times. */
async function prometheusSeconds(ports: readonly number[]): Promise<number[] | { reason: string }> {
  const found =
    process.env.SKYRL_BENCH_PROMETHEUS === undefined
      ? { reason: process.env.SKYRL_BENCH_NO_PROMETHEUS ?? '' }
      : findPrometheus();
  if ('reason' in found) return found;
  const prometheus = await startPrometheus(found.path, {
    scrape: [{ targets: ports.map((port) => `127.0.0.1:${port}`) }],
    interval: 5,
  });
  try {
    const sums: number[] = [];
    // The first scrapes create series, which later ones do not.
    await sleep(16_000);
    for (let round = 0; round < 4; round += 1) {
      await sleep(5_000);
      const [sum] = await prometheus.ask('sum(scrape_duration_seconds)');
      if (sum) sums.push(Number(sum.value[1]));
    }
    return sums;
  } finally {
    await prometheus.stop();
  }
}

/** The median; of processor time the mean, because one scrape in some pays for the garbage of those before it. */
function typical(costs: readonly Cost[], field: keyof Cost): number {
  const values = costs.map((cost) => cost[field]);
  return field === 'cpuMs' ? values.reduce((sum, value) => sum + value, 0) / values.length : at(values, 0.5);
}

function costRow(work: string, costs: readonly Cost[], field: keyof Cost, ratios: Record<string, number> = {}): void {
  const values = costs.map((cost) => cost[field]);
  result({
    work,
    value: typical(costs, field),
    unit: 'ms',
    lowest: Math.min(...values),
    highest: Math.max(...values),
    ratios,
  });
}

async function compare(ports: readonly number[]): Promise<void> {
  const { scraping, dropping } = measureInTurn(ports);
  const prometheus = await prometheusSeconds(ports);
  const bodyBytes = bodiesOf(0, maxBytes)[0]?.length ?? 0;
  table(`HTTP to numbers: ${targetCount} targets × ${(bodyBytes / 1000).toFixed(0)} kB on loopback`);
  const ratios = {
    ...(Array.isArray(prometheus) &&
      prometheus.length > 0 && {
        'Prometheus, scrape_duration_seconds summed': (at(prometheus, 0.5) * 1000) / typical(scraping.warm, 'ms'),
      }),
    'received and dropped': typical(dropping.warm, 'ms') / typical(scraping.warm, 'ms'),
  };
  costRow('scrape and reduce, warm', scraping.warm, 'ms', ratios);
  costRow('  CPU of this process, mean', scraping.warm, 'cpuMs', {
    'received and dropped': typical(dropping.warm, 'cpuMs') / typical(scraping.warm, 'cpuMs'),
  });
  costRow('  longest block of the event loop', scraping.warm, 'blockMs');
  costRow('received and dropped by the same client', dropping.warm, 'ms');
  costRow('  CPU of this process, mean', dropping.warm, 'cpuMs');
  costRow('  longest block of the event loop', dropping.warm, 'blockMs');
  result({ work: 'scrape and reduce, first scrape', value: scraping.first.ms, unit: 'ms' });
  result({ work: '  longest block of the event loop', value: scraping.first.blockMs, unit: 'ms' });
  if (!Array.isArray(prometheus)) return void skipped('a real Prometheus', prometheus.reason);
  result({
    work: 'a real Prometheus, scrape_duration_seconds summed',
    value: at(prometheus, 0.5) * 1000,
    unit: 'ms',
    lowest: Math.min(...prometheus) * 1000,
    highest: Math.max(...prometheus) * 1000,
  });
}

function plotGrowth(ports: readonly number[]): void {
  const points: [string, number][] = [];
  for (let count = Math.max(1, targetCount / 8); count <= targetCount; count *= 2) {
    const { warm } = measureProcess('--scrape', ports.slice(0, count));
    points.push([`${count} targets`, typical(warm, 'cpuMs')]);
  }
  plot('Growth with targets: CPU of one scrape', 'ms', points);
}

async function main(): Promise<void> {
  const [, , kind = '', ...ports] = process.argv;
  const program = costPrograms[kind];
  if (program) return runCostProgram(program, ports.map(Number));
  const server = await startServer();
  try {
    await compare(server.ports);
    plotGrowth(server.ports);
  } finally {
    server.child.stdin?.end();
    server.child.kill();
  }
}

void main();
