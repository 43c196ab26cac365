/**
 * A real Ray on this machine: nodes on free ports with a folder of their own, and engines on them. Everything ends with
 * this process, however it ends.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { repositoryRoot } from '../demonstration/paths';
import { startNode, type StartAnswer } from './startNode';
import type { EngineTruth } from './truth';

const programs = join(repositoryRoot(), 'test', 'ray');
const engineWaitMs = 90_000;
/** How long a node may take to come up. */
const nodeWaitMs = 360_000;

/** Little memory: engines that only publish numbers keep nothing in the object store. */
const small = ['--object-store-memory=80000000', '--memory=500000000', '--num-cpus=1'];

type Variables = Record<string, string>;

/**
 * A Ray of this machine's user is no business of the test's; and Ray is as patient as a machine needs that is busy with
 * other tests.
 */
const calmEnv: Variables = {
  RAY_ADDRESS: '',
  RAY_TMPDIR: '',
  RAY_AUTH_MODE: 'disabled',
  RAY_USAGE_STATS_ENABLED: '0',
  RAY_DASHBOARD_STARTUP_TIMEOUT_S: '180',
  RAY_DASHBOARD_SUBPROCESS_MODULE_WAIT_READY_TIMEOUT: '180',
  RAY_raylet_start_wait_time_s: '240',
  RAY_agent_register_timeout_ms: '240000',
  RAY_worker_register_timeout_seconds: '240',
  RAY_health_check_failure_threshold: '60',
  RAY_memory_monitor_refresh_ms: '0',
};

export interface RayCluster {
  /** Ray's own temporary folder: the service-discovery file is in it. */
  folder: string;
  /** Of the dashboard: the same after a stop and a start. */
  dashboard: string;
  /** Starts the head, and so many nodes in all; `env` goes to all of them. */
  start(nodes: number, env?: Variables): Promise<void>;
  /** Ends node 1, 2, …; the head is 0. */
  endNode(index: number): Promise<void>;
  /** Ends all nodes; `start` begins a new session. */
  stop(): Promise<void>;
  engines(engines: readonly EngineTruth[]): Promise<RayEngines>;
  close(): Promise<void>;
}

export interface Identity {
  workerId: string;
  pid: number;
}

export interface RayEngines {
  identities: Identity[];
  idle(index: number): Promise<void>;
  /** An engine that is idle works for exactly so many ticks. */
  work(index: number, ticks: number): Promise<void>;
  kill(index: number): Promise<void>;
  start(engine: EngineTruth): Promise<Identity>;
  /** The ports at which the agents of those nodes publish that Ray says are alive, in ascending order. */
  agentPorts(): Promise<number[]>;
  close(): void;
}

/** A program that answers each line with a line, and ends when its stdin does. */
function converse(python: string, program: string, args: string[], env: Variables) {
  const child = spawn(python, [join(programs, program), ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const exited = once(child, 'exit');
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4000);
  });
  // What it had to say about a broken pipe is in the answer that does not come.
  child.stdin.on('error', () => undefined);
  const hear = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${program} ended: ${complaint.trim()}`);
    return JSON.parse(value) as unknown;
  };
  const ask = (command: unknown): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
    return hear();
  };
  return { hear, ask, exited, end: () => child.stdin.end() };
}

/** Prepares a cluster that `python`'s Ray runs; nothing is started yet but its keeper. */
export async function prepareRay(python: string): Promise<RayCluster> {
  // Short: the sockets in it may have paths of about 100 characters.
  const folder = mkdtempSync(join(tmpdir(), 'skr-'));
  const [port = 0, dashboardPort = 0, clientPort = 0] = await freePorts(3);
  const address = `127.0.0.1:${port}`;
  const keeper = converse(python, 'keeper.py', [folder], {});
  let variables: Variables = {};
  const started: string[] = [];
  let drivers: RayEngines[] = [];

  /** How many nodes Ray says are alive; undefined if it does not answer. */
  const countAlive = async (): Promise<number | undefined> => {
    const driver = await startEngines(python, address, [], variables).catch(() => undefined);
    const ports = await driver?.agentPorts().catch(() => undefined);
    driver?.close();
    return ports?.length;
  };
  const ray = async (args: string[]): Promise<void> => {
    const name = `node${started.length}`;
    const argv = [
      python,
      '-m',
      'ray.scripts.scripts',
      'start',
      '--disable-usage-stats',
      '--include-log-monitor=False',
      `--resources={"${name}": 1}`,
      ...small,
      ...args,
    ];
    started.push(name);
    const end = Date.now() + nodeWaitMs;
    await startNode({
      runCommand: async () => (await keeper.ask({ start: name, argv, env: variables })) as StartAnswer,
      countAlive,
      expected: started.length,
      pause: () => sleep(1000, Date.now() < end),
    });
  };
  const endNode = async (index: number): Promise<void> => {
    const name = `node${index}`;
    started.splice(started.indexOf(name), 1);
    await keeper.ask({ end: name });
  };
  const stop = async (): Promise<void> => {
    for (const driver of drivers) driver.close();
    drivers = [];
    for (const name of [...started].reverse()) await endNode(Number(name.slice(4)));
  };

  return {
    folder,
    dashboard: `http://127.0.0.1:${dashboardPort}`,
    start: async (nodes, env = {}) => {
      variables = { ...calmEnv, ...env };
      await ray([
        '--head',
        `--port=${port}`,
        `--temp-dir=${folder}`,
        '--dashboard-host=127.0.0.1',
        `--dashboard-port=${dashboardPort}`,
        `--ray-client-server-port=${clientPort}`,
      ]);
      while (started.length < nodes) await ray([`--address=${address}`]);
    },
    endNode,
    stop,
    engines: async (engines) => {
      const started = await startEngines(python, address, engines, variables);
      drivers.push(started);
      return started;
    },
    close: async () => {
      for (const driver of drivers) driver.close();
      keeper.end();
      await keeper.exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startEngines(
  python: string,
  address: string,
  engines: readonly EngineTruth[],
  env: Variables,
): Promise<RayEngines> {
  const driver = converse(python, 'engines.py', [address, JSON.stringify(engines)], env);
  const late = setTimeout(() => driver.end(), engineWaitMs);
  const identities = (await driver.hear()) as Identity[];
  clearTimeout(late);
  return {
    identities,
    idle: async (index) => void (await driver.ask({ idle: index })),
    work: async (index, ticks) => void (await driver.ask({ work: index, ticks })),
    kill: async (index) => void (await driver.ask({ kill: index })),
    start: async (engine) => (await driver.ask({ start: engine })) as Identity,
    agentPorts: async () => (await driver.ask({ agents: true })) as number[],
    close: () => driver.end(),
  };
}
