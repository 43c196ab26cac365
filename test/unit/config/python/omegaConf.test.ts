/** Compares overrides and references with what omegaconf itself makes of them. */
import { strict as assert } from 'node:assert';
import { readConfig } from '../../../../src/config/readConfig';
import { engine } from '../support';
import { ask, findPeer, type Answer } from './peer';

const values = [
  '',
  '1',
  '-1',
  '+1',
  '0',
  '-0',
  '010',
  '0x10',
  '0b11',
  '0o7',
  '1_000',
  '1.5',
  '.5',
  '5.',
  '-.5',
  '1e-6',
  '1E5',
  '1e5',
  '1.0e-6',
  '1.e3',
  '1e',
  'true',
  'True',
  'TRUE',
  'tRue',
  'yes',
  'Yes',
  'no',
  'on',
  'Off',
  'y',
  'n',
  'null',
  'Null',
  '~',
  'None',
  '.inf',
  '-.inf',
  '.nan',
  'inf',
  'nan',
  'a',
  'a b',
  'a-b',
  'a=b',
  'a:b',
  'a: b',
  'http://x:8000/y',
  '12:30:45',
  '1:2',
  '2026-08-21',
  '2026-08-21 10:00:00',
  'v1.2',
  '1.2.3',
  '1a',
  "'x'",
  '"x"',
  "'1'",
  '"null"',
  "'it''s'",
  '"a\\nb"',
  "''",
  '""',
  'x # y',
  '# y',
  'x#y',
  '!x',
  '&a b',
  '*a',
  '@x',
  '`x`',
  '%x',
  '|',
  '>',
  '-',
  '- a',
  '? a',
  '[]',
  '[1,2]',
  '[a, b]',
  "['a','b']",
  '[1, [2, 3]]',
  '[a',
  '[1,]',
  '[http://a:1,b]',
  '[a: b]',
  '[null]',
  '{}',
  '{a: 1}',
  '{a:1}',
  '{a: {b: c}}',
  '{a: [1, 2], b: x}',
  '{a: 1,}',
  '{a',
  '{"a": 1}',
  '{a: 1, a: 2}',
  '{a.b: 1}',
  '{1: 2}',
  '${x}',
  'a${x}b',
  '[${x}, 1]',
  '???',
  '<<',
  '=',
  '1e3',
  '1_0.5',
  '+.5',
  '0.',
  '00',
  '08',
  '1__0',
  '_1',
  '0x',
  '1e+05',
  '+1e5',
  '٣',
];

/** Our value of `key=text`; undefined if it gives a finding. */
async function ours(text: string): Promise<{ value: unknown } | undefined> {
  const word = `trainer.probe=${text}`.replaceAll("'", `'\\''`);
  const script = `python -m main ${engine}.backend=vllm '${word}'\n`;
  const { config } = await readConfig(script, { file: '/w/run.sh', environment: {} });
  assert.ok(config);
  if (config.findings.some(({ id }) => id !== 'config-unresolved')) return undefined;
  const direct = config.values.get('trainer.probe');
  if (direct) return { value: direct.value };
  const nested: Record<string, unknown> = {};
  for (const { key, value } of config.values.values())
    if (key.startsWith('trainer.probe.')) nested[key.slice('trainer.probe.'.length)] = value;
  return { value: nested };
}

/** The value of `trainer.probe` in an answer; undefined for an error. */
function probeOf(answer: Answer | undefined): { value: unknown } | undefined {
  const { trainer } = (answer?.value ?? {}) as { trainer?: { probe: unknown } };
  return trainer && { value: trainer.probe };
}

/** Mappings with dotted keys, as ours are. */
function flat(value: unknown, prefix = ''): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Object.keys(value).length === 0)
    return value;
  const result: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const below = flat(inner, `${prefix}${key}.`);
    if (typeof below === 'object' && below !== null && !Array.isArray(below) && Object.keys(below).length > 0)
      for (const [rest, each] of Object.entries(below)) result[`${key}.${rest}`] = each;
    else result[key] = below;
  }
  return result;
}

const finite = (value: unknown): unknown => {
  if (typeof value === 'number' && !Number.isFinite(value))
    return `${Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'} (not finite)`;
  return Array.isArray(value) ? value.map(finite) : value === 0 ? 0 : value;
};

const document = `
trainer:
  seed: 42
  bf16: true
  nothing: null
  name: seed
  nodes: [{host: alpha}, {host: beta}]
  model: {path: acme/small}
`;

const references = [
  '${trainer.seed}',
  '${ trainer.seed }',
  '${trainer.bf16}',
  '${trainer.nothing}',
  '${.seed}',
  '${..trainer.seed}',
  '${trainer.nodes[1].host}',
  '${trainer.nodes.0.host}',
  '${trainer.${trainer.name}}',
  'run-${trainer.seed}-${.model.path}',
  '${trainer.bf16} ${trainer.nothing}',
  '\\${trainer.seed}',
  '\\\\${trainer.seed}',
  '$5 $',
  '${oc.decode:"12"}',
  '${oc.decode:true}',
  '${oc.env:NO_SUCH,x}',
  '${oc.env:NO_SUCH,null}',
  "${oc.env:NO_SUCH,'a, b'}",
  '${oc.env:NO_SUCH,5}',
  '${oc.decode:${oc.env:NO_SUCH,7}}',
  '${oc.select:trainer.seed,1}',
  '${oc.select:trainer.sead,2}',
  "${oc.select:trainer.sead,'2'}",
  '${oc.select:trainer.sead}',
  '${oc.select:trainer.sead,${trainer.seed}}',
  '${oc.select:trainer.nothing,3}',
  '${oc.select:trainer.model.path}',
  '${trainer.sead}',
  '${trainer.probe}',
  '${oc.env:NO_SUCH}',
  '${}',
  '${trainer.seed',
];

describe('config: overrides and references as omegaconf reads them', function () {
  let python = '';
  before(async function () {
    python = await findPeer(this);
  });

  it('agree for every kind of value', async () => {
    const answers = ask(
      python,
      values.map((value) => ['dotlist', `trainer.probe=${value}`] as const),
    );
    const different: string[] = [];
    for (const [index, text] of values.entries()) {
      const answer = answers[index];
      const found = await ours(text);
      const probe = probeOf(answer);
      const theirs = probe && { value: flat(probe.value) };
      const mine = found && { value: finite(found.value) };
      try {
        assert.deepEqual(mine, theirs);
      } catch {
        different.push(`${text}: ${JSON.stringify(mine?.value)} for ${JSON.stringify(answer)}`);
      }
    }
    assert.deepEqual(different, []);
  });

  it('agree for every kind of reference', async () => {
    const texts = references.map((text) => `${document}  probe: ${JSON.stringify(text)}\n`);
    const answers = ask(
      python,
      texts.map((text) => ['resolved', text] as const),
    );
    const different: string[] = [];
    for (const [index, text] of texts.entries()) {
      const answer = answers[index];
      const { config } = await readConfig(`${text}generator: {inference_engine: {backend: vllm}}\n`, {
        file: '/w/a.yaml',
        environment: {},
      });
      const found = config?.values.get('trainer.probe');
      const mine = found?.unresolvedReason === undefined ? { value: found?.value } : undefined;
      const theirs = probeOf(answer);
      try {
        assert.deepEqual(mine, theirs);
      } catch {
        different.push(
          `${references[index]}: ${JSON.stringify(mine)} for ${JSON.stringify(answer)} (${found?.unresolvedReason})`,
        );
      }
    }
    assert.deepEqual(different, []);
  });
});
