/** Situations in which the Engine metrics view shows no metrics, by state: files, settings, and a server that answers. */
import { setTimeout as wait } from 'node:timers/promises';
import { runCommand } from './workbench.mjs';

/**
 * @typedef {object} Situation
 * @property {string} state of `src/shared/states.ts`, with the place behind a dot
 * @property {Record<string, unknown>} [settings] of the workspace
 * @property {Record<string, unknown>} [machine] settings of the machine
 * @property {Record<string, string>} [files]
 * @property {boolean} [hasFolder] false: an empty window
 * @property {(window: { page: import('playwright-core').Page, pane: import('playwright-core').Locator }) => Promise<void>} [act]
 *   what a person does, or waits for, until the state is there; `pane`: the Engine metrics view
 */

/** @typedef {import('./stateServers.mjs').StateServers} StateServers */

const config = (/** @type {string[]} */ ...lines) =>
  [
    'generator:',
    '  inference_engine:',
    '    backend: vllm',
    '    num_engines: 4',
    ...lines.map((line) => `    ${line}`),
    '',
  ].join('\n');

/** A script that starts SkyRL, with lines before. */
const script = (/** @type {string[]} */ ...lines) =>
  [
    '#!/bin/bash',
    ...lines,
    'python -m skyrl.train.entrypoints.main_base \\',
    '  generator.inference_engine.num_engines=4',
    '',
  ].join('\n');

const one = { 'config/grpo.yaml': config() };
/** From which age on metrics are out of date with a short interval, and some more. */
const staleMs = 95_000;
/** Nothing listens there. */
const closed = 'http://127.0.0.1:1';

const dashboard = (/** @type {string} */ url) => ({ 'skyrl.ray.dashboardUrl': url });
const fromPrometheus = (/** @type {string} */ url) => ({ 'skyrl.source': 'prometheus', 'skyrl.prometheus.url': url });
/** Scrapes on command only, so that a state between two scrapes stays. */
const onCommand = { 'skyrl.scrape.interval': 0 };

/** Scrapes on command, and waits for its metrics. @type {NonNullable<Situation['act']>} */
async function scrapeOnce({ page, pane }) {
  await runCommand(page, 'SkyRL: Scrape vLLM metrics');
  await pane.locator('.monaco-list-row', { hasText: 'KV cache' }).first().waitFor({ timeout: 60_000 });
}

/** In the order of the table. @param {StateServers} servers @returns {Situation[]} */
export const situations = ({ url, tlsUrl, proxyUrl, emptyPrometheus, oldPrometheus, startSession }) => [
  { state: 'no-folder', hasFolder: false },
  { state: 'no-config' },
  { state: 'untrusted' },
  { state: 'several-configs', files: { ...one, 'config/dapo.yaml': config() } },
  {
    state: 'stats-off',
    files: { 'config/grpo.yaml': config('enable_ray_prometheus_stats: false') },
    settings: dashboard(`${url}/bare`),
  },
  { state: 'path-unsupported', files: { 'config/grpo.yaml': config('run_engines_locally: false') } },
  { state: 'no-run-found.here', files: one },
  { state: 'no-run-found.proxy', files: one, machine: { 'skyrl.proxy': proxyUrl } },
  {
    state: 'no-run-found.named',
    files: { 'run_grpo.sh': script('export RAY_ADDRESS=http://127.0.0.1:1') },
  },
  { state: 'no-run-found.empty', files: one, settings: dashboard(`${url}/bare`) },
  { state: 'nodes-not-reachable', files: one, settings: dashboard(`${url}/unreachable`) },
  { state: 'refused', files: one, settings: dashboard(closed) },
  {
    state: 'name-not-resolved',
    files: one,
    settings: dashboard('http://head.cluster.invalid:8265'),
  },
  { state: 'certificate-not-trusted', files: one, settings: dashboard(`${tlsUrl}/bare`) },
  {
    state: 'time-out',
    files: one,
    settings: { ...dashboard(`${url}/silent`), 'skyrl.scrape.timeout': 1 },
  },
  { state: 'proxy-failed', files: one, machine: { 'skyrl.proxy': 'socks5://127.0.0.1:1' } },
  { state: 'unauthorised', files: one, settings: dashboard(`${url}/token`) },
  { state: 'forbidden', files: one, settings: dashboard(`${url}/denied`) },
  { state: 'too-large', files: one, settings: { 'skyrl.endpoints': [`${url}/huge`] } },
  { state: 'failed', files: one, settings: { 'skyrl.endpoints': [`${url}/page`] } },
  { state: 'no-engine-series', files: one, settings: { 'skyrl.endpoints': [`${url}/empty`] } },
  {
    state: 'router-only',
    files: { 'config/grpo.yaml': config('run_engines_locally: false', `external_proxy_url: ${url}/router`) },
  },
  { state: 'prometheus-failed', files: one, settings: fromPrometheus(closed) },
  { state: 'prometheus-empty', files: one, settings: fromPrometheus(emptyPrometheus) },
  {
    state: 'second-scrape',
    files: one,
    settings: { ...onCommand, 'skyrl.endpoints': [`${url}/engine`] },
    act: scrapeOnce,
  },
  { state: 'partial', files: one, settings: { 'skyrl.endpoints': [`${url}/engine`, closed] } },
  {
    state: 'stale',
    files: one,
    settings: { ...onCommand, 'skyrl.endpoints': [`${url}/engine`] },
    act: async (window) => {
      await scrapeOnce(window);
      await scrapeOnce(window);
      await wait(staleMs);
    },
  },
  { state: 'held', files: one, settings: dashboard(`${url}/reader`) },
  {
    state: 'replaying',
    files: one,
    act: async ({ page, pane }) => {
      await runCommand(page, 'SkyRL: Try It on a Recorded Run');
      await pane.locator('.monaco-list-row', { hasText: 'KV cache' }).first().waitFor({ timeout: 60_000 });
    },
  },
  {
    state: 'timer-stopped',
    files: one,
    settings: { 'skyrl.endpoints': [`${url}/engine`] },
    act: async ({ page, pane }) => {
      await pane.locator('.monaco-list-row', { hasText: 'KV cache' }).first().waitFor({ timeout: 60_000 });
      await runCommand(page, 'SkyRL: Stop Timer');
    },
  },
  {
    state: 'new-session',
    files: one,
    settings: { ...onCommand, ...dashboard(`${url}/nodes`) },
    act: async (window) => {
      await scrapeOnce(window);
      startSession();
      await scrapeOnce(window);
    },
  },
  // The last one: its samples must have become old.
  {
    state: 'prometheus-old',
    files: one,
    settings: fromPrometheus(oldPrometheus),
    act: async ({ pane }) =>
      pane
        .getByText('no recent samples')
        .first()
        .waitFor({ timeout: staleMs + 60_000 }),
  },
];
