/** Tests of files that cannot be read, bombs and wrong types. */
import { strict as assert } from 'node:assert';
import { config, engine, nestedConfig, findingLines, read, value } from './support';

const head = 'generator:\n  inference_engine:\n    num_engines: 1\n';

describe('config: files that cannot be read', () => {
  for (const [what, text, place] of [
    ['no YAML', `${head}  : : nope: [\n`, 'config-syntax@4'],
    ['an open bracket', `${head}data: [1, 2\ntrainer: 1\n`, 'config-syntax@5'],
    ['tabs', 'generator:\n\tinference_engine:\n\t\tnum_engines: 1\n', 'config-syntax@2'],
    ['a second colon', `${head}run: a: b\n`, 'config-syntax@4'],
    ['duplicate keys', `${head}    backend: vllm\n    num_engines: 2\n`, 'config-duplicate-key@5'],
    ['duplicate keys elsewhere', `${head}trainer: {seed: 1, seed: 2}\n`, 'config-duplicate-key@4'],
    ['an alias without an anchor', `${head}trainer: *nope\n`, 'config-syntax@4'],
    ['an alias to itself', `${head}trainer: &t {again: *t}\n`, 'config-syntax@4'],
    ['a merge of text', `${head}trainer:\n  <<: text\n`, 'config-syntax@5'],
    ['a list at the top', '- generator:\n    inference_engine: {}\n', 'config-not-a-mapping@1'],
    ['a text at the top', 'generator inference_engine\n', 'config-not-a-mapping@1'],
    ['binary', '\0\u0001\u0002', 'config-not-a-mapping@1'],
  ] as const) {
    it(`reports ${place} for ${what}`, async () => {
      const reading = await read(text);
      assert.equal(reading.config, undefined);
      assert.equal(findingLines(reading.findings)[0], place, JSON.stringify(reading.findings));
      assert.equal(reading.findings[0]?.severity, 'error');
      assert.ok(
        reading.findings.every(
          ({ range }) => range.endLine > range.startLine || range.endCharacter >= range.startCharacter,
        ),
      );
    });
  }

  it('names the key and the first line of a duplicate', async () => {
    const { findings } = await read(`${head}    num_engines: 2\n`);
    assert.match(findings[0]?.message ?? '', /"num_engines" is already written at line 3/);
    assert.deepEqual(findings[0]?.range, { startLine: 3, startCharacter: 4, endLine: 3, endCharacter: 15 });
  });

  it('reads a config after a broken document', async () => {
    const reading = await read(`a: [\n---\n${head}`);
    assert.equal(reading.config?.values.get(`${engine}.num_engines`)?.value, 1);
    assert.equal(reading.findings[0]?.id, 'config-syntax');
  });
});

describe('config: bombs are refused, quickly', () => {
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const doubled = (first: string, next: (before: string) => string): string =>
    letters
      .map((name, index) => `${name}: &${name} ${index === 0 ? first : next(letters[index - 1] ?? '')}`)
      .join('\n');
  const chain = (first: string, next: (before: string) => string): string =>
    Array.from({ length: 60 }, (_, index) => `k${index}: ${index === 0 ? first : next(`\${k${index - 1}}`)}`).join(
      '\n',
    );
  for (const [what, text, id] of [
    ['a megabyte', `${head}# ${'x'.repeat(1_000_000)}`, 'config-too-large'],
    ['lists of aliases', head + doubled('[x, x]', (one) => `[*${one}, *${one}]`), 'config-too-large'],
    ['mappings of aliases', head + doubled('{x: 1, y: 2}', (one) => `{x: *${one}, y: *${one}}`), 'config-too-large'],
    ['merges of aliases', head + doubled('{x: 1, y: 2}', (one) => `{<<: [*${one}, *${one}]}`), 'config-too-large'],
    ['many aliases', `${head}a: &a 1\nb: [${'*a,'.repeat(30_000)}]\n`, 'config-too-large'],
    ['many brackets', `${head}a: ${'['.repeat(15_000)}`, 'config-too-deep'],
    ['many closed brackets', `${head}a: ${'['.repeat(3000)}${']'.repeat(3000)}`, 'config-too-deep'],
    ['a hundred levels', `${head}a: ${'['.repeat(100)}${']'.repeat(100)}`, 'config-too-deep'],
    [
      'deep mappings',
      head + Array.from({ length: 200 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
      'config-too-deep',
    ],
    ['text that doubles', `${head}${chain('xxxxxxxx', (one) => `"${one}${one}"`)}`, 'config-unresolved'],
    ['lists that double', `${head}${chain('[x]', (one) => `["${one}", "${one}"]`)}`, 'config-unresolved'],
    ['mappings that double', `${head}${chain('{x: 1}', (one) => `{x: "${one}", y: "${one}"}`)}`, 'config-unresolved'],
    [
      'a long chain',
      head + Array.from({ length: 5000 }, (_, index) => `k${index}: "\${k${index + 1}}"`).join('\n'),
      'config-unresolved',
    ],
  ] as const) {
    it(`refuses ${what} with ${id}`, async () => {
      const { findings } = await read(text);
      assert.equal(findings[0]?.id, id);
      assert.ok(findings.length <= 100);
    });
  }
});

describe('config: values of the wrong type', () => {
  for (const [line, severity, words] of [
    ['num_engines: four', 'error', /num_engines should be a whole number, but is the text "four"/],
    ['num_engines: "4"', 'warning', /should be a whole number, but is the text "4"/],
    ['num_engines: 1.5', 'error', /the number 1.5/],
    ['num_engines: true', 'error', /the value true/],
    ['num_engines: [1]', 'error', /a list/],
    ['num_engines: {a: 1}', 'error', /a mapping/],
    ['num_engines:', 'info', /nothing \(null\)/],
    ['gpu_memory_utilization: high', 'error', /should be a number/],
    ['enable_ray_prometheus_stats: 2', 'error', /should be true or false/],
    ['enable_ray_prometheus_stats: "false"', 'warning', /should be true or false/],
    ['served_model_name: [a]', 'error', /should be text or null, but is a list/],
    ['weight_sync_backend: [nccl]', 'error', /should be text, but is a list/],
    ['external_server_urls: 8000', 'error', /should be a list or null/],
    ['external_server_urls: http://a:1', 'warning', /should be a list or null/],
    ['engine_init_kwargs: [a]', 'error', /should be a mapping/],
    ['engine_init_kwargs:', 'info', /should be a mapping/],
    ['speculative_config: ngram', 'error', /should be a mapping or null/],
  ] as const) {
    it(`reports ${line} as ${severity}`, async () => {
      const run = await nestedConfig(line);
      assert.deepEqual(
        run.findings.map(({ id, severity: found, range }) => [id, found, range.startLine]),
        [['config-type', severity, 3]],
      );
      assert.match(run.findings[0]?.message ?? '', words);
      assert.ok([...run.values.keys()].some((key) => key.startsWith(`${engine}.${line.split(':', 1)[0] ?? ''}`)));
    });
  }

  for (const line of [
    'gpu_memory_utilization: 1',
    'served_model_name: null',
    'served_model_name: 123',
    'model_dtype: null',
    'external_server_urls: "[\'http://a:1\']"',
    'speculative_config: null',
    'engine_init_kwargs: {max_model_len: 8192}',
    'own_key_of_a_subclass: [1]',
    'num_engines: ${oc.env:NO_SUCH}',
  ]) {
    it(`does not report ${line}`, async () => {
      assert.deepEqual(
        (await nestedConfig(line)).findings.filter(({ id }) => id === 'config-type'),
        [],
      );
    });
  }

  it('checks the resolved value, and says that the environment gives text', async () => {
    const run = await config('generator:\n  inference_engine:\n    num_engines: ${oc.env:ENGINES}\n', { ENGINES: '4' });
    assert.equal(value(run, `${engine}.num_engines`).value, '4');
    assert.match(run.findings[0]?.message ?? '', /oc\.decode/);
    assert.equal(run.findings[0]?.severity, 'warning');
  });

  it('checks legacy keys by their nested type', async () => {
    const run = await config('generator:\n  num_inference_engines: two\ntrainer:\n  run_name: 7\n  log_path: [1]\n');
    assert.deepEqual(findingLines(run.findings), ['config-type@2', 'config-type@5']);
  });
});
