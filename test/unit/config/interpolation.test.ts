/** Tests of resolving `${…}` references. */
import { strict as assert } from 'node:assert';
import { parseInterpolation } from '../../../src/config/interpolation';
import type { ConfigValue } from '../../../src/config/types';
import { config, engine, findingLines, value } from './support';

/** Resolves `written` as the value of `probe` beside a small config. */
async function resolveText(
  written: string,
  environment: Record<string, string | undefined> = {},
): Promise<Partial<ConfigValue>> {
  const run = await config(
    [
      'trainer:',
      '  policy: {model: {path: Qwen/Q}}',
      '  seed: 42',
      '  bf16: true',
      '  nothing: null',
      '  nodes: [{host: alpha}, {host: beta}]',
      '  name: seed',
      `  probe: ${written}`,
      'generator:',
      '  inference_engine: {num_engines: 4, gpu_memory_utilization: 0.8}',
    ].join('\n'),
    environment,
  );
  const rest: Partial<ConfigValue> = { ...value(run, 'trainer.probe') };
  delete rest.key;
  delete rest.range;
  delete rest.rawKey;
  delete rest.location;
  return rest;
}

describe('config: interpolation', () => {
  for (const [written, expected] of [
    ['${trainer.seed}', 42],
    ['"${trainer.seed}"', 42],
    ['${ trainer.seed }', 42],
    ['${trainer.bf16}', true],
    ['${trainer.nothing}', null],
    ['${generator.inference_engine.num_engines}', 4],
    ['${generator.num_inference_engines}', 4],
    ['${.seed}', 42],
    ['${.policy.model.path}', 'Qwen/Q'],
    ['${..generator.inference_engine.gpu_memory_utilization}', 0.8],
    ['${trainer.nodes[1].host}', 'beta'],
    ['${trainer.nodes.0.host}', 'alpha'],
    ['${trainer.${trainer.name}}', 42],
    ['${.${.name}}', 42],
    ['run-${trainer.seed}-${.policy.model.path}', 'run-42-Qwen/Q'],
    ['"bf16=${trainer.bf16} ${trainer.nothing}"', 'bf16=True None'],
    ['[a, "${trainer.seed}", ["x-${trainer.seed}"]]', ['a', 42, ['x-42']]],
    ["'\\${trainer.seed}'", '${trainer.seed}'],
    ["'\\\\${trainer.seed}'", '\\42'],
    ["'C:\\tmp $5 $'", 'C:\\tmp $5 $'],
    ['${oc.decode:"12"}', 12],
    ['${oc.decode:${oc.env:NONE,7}}', 7],
    ['${oc.select:trainer.seed,1}', 42],
    ['${oc.select:trainer.sead,2}', 2],
    ['"${oc.select:trainer.sead,\'2\'}"', '2'],
    ['${oc.select:trainer.sead}', null],
    ['"${oc.select:trainer.sead,${trainer.seed}}"', 42],
  ] as const) {
    it(`resolves ${written} to ${JSON.stringify(expected)}`, async () => {
      const { value: found, unresolvedReason } = await resolveText(written);
      assert.equal(unresolvedReason, undefined);
      assert.deepEqual(found, expected);
    });
  }

  it('copies the mapping a value refers to, at its own range', async () => {
    const run = await config(
      'shared:\n  num_engines: 3\n  engine_init_kwargs: {x: 1}\ngenerator:\n  inference_engine: ${shared}\n  copy: ${.inference_engine.engine_init_kwargs}\n',
    );
    assert.equal(run.layout, 'nested');
    assert.equal(value(run, `${engine}.num_engines`).value, 3);
    assert.equal(value(run, `${engine}.num_engines`).range.startLine, 4);
    assert.equal(value(run, 'generator.copy.x').value, 1);
    const legacy = await config('base: {num_inference_engines: 5}\ngenerator: ${base}\n');
    assert.equal(legacy.layout, 'legacy');
    assert.equal(value(legacy, `${engine}.num_engines`).value, 5);
  });
});

describe('config: environment', () => {
  it('resolves a variable as text and marks it', async () => {
    assert.deepEqual(await resolveText('${oc.env:ENGINES}', { ENGINES: '8' }), {
      value: '8',
      fromEnvironment: ['ENGINES'],
    });
    assert.deepEqual(await resolveText('"${oc.env:HOME}/ckpts/"', { HOME: '/home/me' }), {
      value: '/home/me/ckpts/',
      fromEnvironment: ['HOME'],
    });
  });

  it('uses the default of an unset variable and marks it', async () => {
    assert.deepEqual(await resolveText('${oc.env:LOGS,/tmp/skyrl-logs}'), {
      value: '/tmp/skyrl-logs',
      environmentDefaults: ['LOGS'],
    });
    assert.deepEqual(await resolveText('"${oc.env:LOGS, \'a, b\'}"'), { value: 'a, b', environmentDefaults: ['LOGS'] });
    assert.deepEqual(await resolveText('"${oc.env:LOGS,}"'), { value: '', environmentDefaults: ['LOGS'] });
    assert.deepEqual(await resolveText('"${oc.env:LOGS,null}"'), { value: null, environmentDefaults: ['LOGS'] });
    assert.deepEqual(await resolveText('"${oc.env:LOGS,\'null\'}"'), { value: 'null', environmentDefaults: ['LOGS'] });
    assert.deepEqual(await resolveText('"${oc.env:LOGS,[a, b]}"'), { value: '[a, b]', environmentDefaults: ['LOGS'] });
    assert.deepEqual(await resolveText('${oc.env:LOGS,http://a:1/x}'), {
      value: 'http://a:1/x',
      environmentDefaults: ['LOGS'],
    });
  });

  it('treats an empty variable as set', async () => {
    assert.deepEqual(await resolveText('${oc.env:LOGS,x}', { LOGS: '' }), { value: '', fromEnvironment: ['LOGS'] });
  });

  it('resolves a variable’s name and default through other values', async () => {
    assert.deepEqual(await resolveText('"${oc.env:N_${trainer.seed}}"', { N_42: 'x' }), {
      value: 'x',
      fromEnvironment: ['N_42'],
    });
    assert.deepEqual(await resolveText('"${oc.env:A,${oc.env:B,${trainer.seed}}}"'), {
      value: '42',
      environmentDefaults: ['B', 'A'],
    });
  });

  it('marks what is resolved through a marked value', async () => {
    const run = await config('a: ${oc.env:HOME}\nb: ["${a}/x"]\ngenerator: {inference_engine: {backend: vllm}}\n', {
      HOME: '/h',
    });
    assert.deepEqual(value(run, 'b').value, ['/h/x']);
    assert.deepEqual(value(run, 'b').fromEnvironment, ['HOME']);
  });

  it('does not read properties of JavaScript objects as variables', async () => {
    assert.match((await resolveText('${oc.env:constructor}')).unresolvedReason ?? '', /constructor is not set/);
    assert.match((await resolveText('${oc.env:__proto__}')).unresolvedReason ?? '', /__proto__ is not set/);
  });
});

describe('config: values that do not resolve', () => {
  for (const [written, words] of [
    ['${trainer.sead}', /the key trainer\.sead is not in this file/],
    ['${oc.env:NO_SUCH}', /environment variable NO_SUCH is not set in VS Code's environment/],
    ['${trainer.probe}', /refers to itself: trainer\.probe → trainer\.probe/],
    ['${trainer}', /refers to the mapping trainer, which holds it/],
    ['${now:%Y-%m-%d}', /Hydra knows it when the run starts \(now\)/],
    ['${VAR:-x}', /resolver VAR is not known/],
    ['"${trainer.seed"', /not closed/],
    ['"${}"', /names nothing/],
    ['"x ${trainer.policy}"', /cannot be a part of a text/],
    ['"x ${trainer.nodes}"', /cannot be a part of a text/],
    ['???', /given when the run is started/],
    ['["${nope}", b]', /the key nope is not in this file/],
    ['${trainer.nodes.7}', /trainer\.nodes\.7 is not in this file/],
    ['${oc.env:PWD}', /known only when the run starts \(PWD\)/],
    ['${oc.select:trainer.probe}', /refers to itself/],
    [`"${'${'.repeat(500)}"`, /nested too deep/],
  ] as const) {
    it(`leaves ${written.slice(0, 40)} unresolved: ${words.source}`, async () => {
      const found = await resolveText(written);
      assert.match(found.unresolvedReason ?? '', words);
      assert.ok(found.value !== undefined, 'the raw text stays');
    });
  }

  it('reports a longer cycle with its steps on each of its lines', async () => {
    const run = await config('a: ${b}\nb: x${c}\nc: ${a}\ngenerator: {inference_engine: {backend: "${a}"}}\n');
    assert.match(value(run, 'a').unresolvedReason ?? '', /a → b → c → a/);
    assert.equal(value(run, 'b').value, 'x${c}');
    assert.deepEqual(findingLines(run.findings), [
      'config-unresolved@1',
      'config-unresolved@2',
      'config-unresolved@3',
      'config-unresolved@4',
    ]);
    assert.ok(run.findings.every(({ severity }) => severity === 'warning'));
  });

  it('reports an unset variable as information', async () => {
    const run = await config('a: ${oc.env:NO_SUCH}\ngenerator: {inference_engine: {backend: vllm}}\n');
    assert.deepEqual(
      run.findings.map(({ id, severity }) => [id, severity]),
      [['config-unresolved', 'info']],
    );
  });

  it('keeps a text without ${ as one part', () => {
    assert.deepEqual(parseInterpolation('a: $b'), [{ kind: 'text', text: 'a: $b' }]);
  });
});
