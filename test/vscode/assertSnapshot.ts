/** Checks the exact shape of a snapshot (docs/api.md): it has every key, and no other. */
import assert from 'node:assert/strict';

type Check = (value: unknown, path: string) => void;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const finite: Check = (value, path) =>
  assert.ok(typeof value === 'number' && Number.isFinite(value), `${path}: ${String(value)}`);
const count: Check = (value, path) =>
  assert.ok(Number.isInteger(value) && (value as number) >= 0, `${path}: ${String(value)}`);
const time: Check = (value, path) =>
  assert.ok(
    typeof value === 'number' && value > 1e12 && value < 1e13,
    `${path} is no Unix time in ms: ${String(value)}`,
  );
const text: Check = (value, path) => assert.equal(typeof value, 'string', path);
const flag: Check = (value, path) => assert.equal(typeof value, 'boolean', path);
const oneOf =
  (...values: string[]): Check =>
  (value, path) =>
    assert.ok(values.includes(value as string), `${path}: ${String(value)}`);
const list =
  (item: Check): Check =>
  (value, path) => {
    assert.ok(Array.isArray(value), path);
    value.forEach((entry, index) => item(entry, `${path}[${index}]`));
  };
const record =
  (key: RegExp, item: Check): Check =>
  (value, path) => {
    assert.ok(isObject(value), path);
    for (const [name, entry] of Object.entries(value)) {
      assert.match(name, key, path);
      item(entry, `${path}.${name}`);
    }
  };
const object =
  (required: Record<string, Check>, optional: Record<string, Check> = {}): Check =>
  (value, path) => {
    assert.ok(isObject(value), path);
    for (const name of Object.keys(required)) assert.ok(name in value, `${path}.${name} is missing`);
    for (const [name, entry] of Object.entries(value)) {
      const check = required[name] ?? optional[name];
      assert.ok(check, `${path}.${name} is not in the API`);
      // A missing value is a missing key.
      if (required[name] || entry !== undefined) check(entry, `${path}.${name}`);
    }
  };

/** Ids of the catalog, and of families that it does not know. */
const id = /^(?:[a-z0-9_]+|other\/.+)$/s;
const extreme = object({ engine: text, value: finite });
const measure = object(
  { value: finite, to: time },
  {
    from: time,
    lowest: extreme,
    highest: extreme,
    counted: count,
    of: count,
    bounds: object({ low: finite }, { high: finite }),
    unmerged: count,
    bucket: object({ from: finite }, { to: finite }),
  },
);
const engine = object(
  {
    id: text,
    name: text,
    node: text,
    state: oneOf('starting', 'active', 'quiet', 'silent', 'asleep', 'paused', 'dead', 'gone'),
    measures: record(id, measure),
  },
  {
    workerId: text,
    model: text,
    role: oneOf('prefill', 'decode'),
    movedAt: time,
    pid: count,
    follows: text,
    job: text,
    startedAt: time,
    config: record(/^\w+$/, text),
    release: object({}, { from: text, below: text }),
    server: object({}, { version: text, sleeping: flag, paused: flag, weightVersion: text }),
  },
);
const target = object(
  {
    url: text,
    kind: oneOf('ray', 'vllm', 'dynamo', 'router', 'other'),
    state: oneOf('ok', 'empty', 'failed'),
    bytes: count,
    samples: count,
    tookMs: finite,
  },
  { error: text, reportIntervalMs: finite },
);
const finding = object(
  { id: text, severity: oneOf('info', 'warning', 'error'), message: text },
  { engine: text, since: time, advice: text, more: count },
);
const window: Check = (value, path) =>
  value === undefined ? undefined : object({ from: time, to: time })(value, path);
const snapshot = object(
  {
    at: time,
    window,
    trigger: oneOf('command', 'timer', 'api'),
    values: record(/^vllm\/[a-z0-9_]+$/, finite),
    measures: record(id, measure),
    sinceStart: record(id, finite),
    engines: list(engine),
    targets: list(target),
    findings: list(finding),
  },
  {
    distributions: record(
      id,
      object({ from: time, to: time, bounds: list(finite), counts: list(finite), counted: count, of: count }),
    ),
    otherFamilies: list(
      object({
        id: text,
        name: text,
        type: oneOf('gauge', 'counter', 'histogram', 'summary', 'info', 'unknown'),
        help: text,
        subject: oneOf('engine', 'server'),
      }),
    ),
    otherFamiliesOmitted: count,
    otherInfos: list(object({ family: text, engine: text, labels: record(/^/, text) })),
    phase: object({ name: text, since: time, at: time }),
    parts: list(
      object({
        id: text,
        kind: oneOf('node', 'gpu', 'trainer', 'server'),
        name: text,
        node: text,
        measures: record(id, measure),
      }),
    ),
    rollout: object(
      { id: text, from: time, seconds: finite, engines: count, tokens: object({}, { prompt: finite, output: finite }) },
      {},
    ),
  },
);

/** Fails if the value is not a snapshot of the API. */
export function assertSnapshot(value: unknown): void {
  snapshot(value, 'snapshot');
}
