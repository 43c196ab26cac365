/** Quick fixes, judged by reading the edited file again. */
import { strict as assert } from 'node:assert';
import { readdirSync } from 'node:fs';
import { createEditableText, type TextEdit } from '../../../src/config/edits';
import { configFindings } from '../../../src/config/findings';
import { fixesFor, type Fix } from '../../../src/config/fixes';
import { readConfig } from '../../../src/config/readConfig';
import type { ConfigFinding, RunConfig } from '../../../src/config/types';
import { configValues } from '../../../src/config/configValues';
import { engine, fixture, home } from './support';

async function reading(file: string, text: string): Promise<{ config: RunConfig; findings: ConfigFinding[] }> {
  const { config, findings } = await readConfig(text, { file: `/w/${file}`, environment: home });
  assert.ok(config, `${findings.map(({ message }) => message).join(' ')}\n${text}`);
  return { config, findings: [...config.findings, ...configFindings(config, home)] };
}

/** As an editor applies them: all at once, by the ranges of the text before. */
function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const { offsetAt } = createEditableText(text);
  const placed = edits.map(({ range, text: written }) => ({
    from: offsetAt(range.startLine, range.startCharacter),
    to: offsetAt(range.endLine, range.endCharacter),
    written,
  }));
  placed.sort((one, other) => other.from - one.from);
  placed.forEach(({ to }, index) => assert.ok(index === 0 || to <= (placed[index - 1]?.from ?? 0), 'edits overlap'));
  return placed.reduce((result, { from, to, written }) => result.slice(0, from) + written + result.slice(to), text);
}

async function fixesOf(file: string, text: string, id: string): Promise<Fix[]> {
  const { config, findings } = await reading(file, text);
  return findings.filter((finding) => finding.id === id).flatMap((finding) => fixesFor(finding, config, text));
}

/** The values after the first fix of that finding; whole keys, without the prefix of the engines' keys. */
async function after(
  file: string,
  text: string,
  id: string,
  pick = 0,
): Promise<{ values: Record<string, unknown>; text: string }> {
  const fix = (await fixesOf(file, text, id))[pick];
  assert.ok(fix, `no fix for ${id}`);
  const edited = applyEdits(text, fix.edits);
  const { values } = configValues((await reading(file, edited)).config);
  return {
    values: Object.fromEntries(Object.entries(values).map(([key, value]) => [key.replace(`${engine}.`, ''), value])),
    text: edited,
  };
}

describe('config: every quick fix of every shape', () => {
  for (const file of readdirSync('test/fixtures/configs').filter((name) => name !== 'README.md')) {
    it(`removes its finding from ${file} and changes nothing else`, async () => {
      const text = fixture(file);
      const { config, findings } = await reading(file, text);
      const before = configValues(config).values;
      for (const finding of findings) {
        for (const fix of fixesFor(finding, config, text)) {
          const edited = await reading(file, applyEdits(text, fix.edits));
          const left = edited.findings.filter(
            ({ id, cause }) => id === finding.id && cause?.rawKey === finding.cause?.rawKey,
          );
          assert.ok(
            left.length <
              findings.filter(({ id, cause }) => id === finding.id && cause?.rawKey === finding.cause?.rawKey).length,
            `${fix.title}: ${finding.message}`,
          );
          const changed = new Set([
            finding.cause?.key,
            `${engine}.engine_init_kwargs.enable_chunked_prefill`,
            `${engine}.external_server_urls`,
            ...(finding.cause?.location?.onlyEntryOf ? [finding.cause.key.replace(/\.[^.]+$/, '')] : []),
          ]);
          const { values } = configValues(edited.config);
          for (const key of new Set([...Object.keys(before), ...Object.keys(values)])) {
            if (!changed.has(key)) assert.deepEqual(values[key], before[key], `${fix.title} changed ${key}`);
          }
        }
      }
    });
  }

  it('exists for each finding that can be fixed', async () => {
    const offered = new Set<string>();
    for (const file of [
      'rejected.yaml',
      'rejected.sh',
      'external.sh',
      'legacy.yaml',
      'run_legacy.sh',
      'old_path.sh',
      'tinker_heredoc.sh',
    ]) {
      const text = fixture(file);
      const { config, findings } = await reading(file, text);
      for (const finding of findings) if (fixesFor(finding, config, text).length > 0) offered.add(finding.id);
    }
    assert.deepEqual([...offered].sort(), [
      'config-bad-url',
      'config-chunked-prefill',
      'config-external-colocated',
      'config-legacy-layout',
      'config-log-stats-off',
      'config-overridden',
      'config-plus-prefix',
      'config-rejected-key',
      'config-stats-off',
      'config-synchronous-engine',
      'config-url-scheme',
    ]);
  });
});

describe('config: quick fixes in YAML', () => {
  const yaml = (...lines: string[]): string =>
    `generator:\n  inference_engine:\n    backend: vllm\n${lines.map((line) => `    ${line}\n`).join('')}`;

  it('turns stats on and keeps the comment', async () => {
    const { text } = await after('a.yaml', yaml('enable_ray_prometheus_stats: false # for now'), 'config-stats-off');
    assert.equal(text, yaml('enable_ray_prometheus_stats: true # for now'));
  });

  for (const [what, lines, expected] of [
    [
      'a line',
      ['engine_init_kwargs:', '  disable_log_stats: true # x', '  max_model_len: 1'],
      ['engine_init_kwargs:', '  max_model_len: 1'],
    ],
    [
      'the only key',
      ['engine_init_kwargs:', '  disable_log_stats: true', 'max_num_seqs: 2'],
      ['engine_init_kwargs:', '  {}', 'max_num_seqs: 2'],
    ],
    ['the only item', ['engine_init_kwargs: {disable_log_stats: true}'], ['engine_init_kwargs: {}']],
    [
      'the first item',
      ['engine_init_kwargs: {disable_log_stats: true, max_model_len: 1}'],
      ['engine_init_kwargs: {max_model_len: 1}'],
    ],
    [
      'the last item',
      ['engine_init_kwargs: {max_model_len: 1, disable_log_stats: true}'],
      ['engine_init_kwargs: {max_model_len: 1}'],
    ],
  ] as const) {
    it(`removes ${what}`, async () => {
      const { text, values } = await after('a.yaml', yaml(...lines), 'config-log-stats-off');
      assert.equal(text, yaml(...expected));
      assert.ok(!('engine_init_kwargs.disable_log_stats' in values));
    });
  }

  for (const [what, lines] of [
    ['no engine_init_kwargs', ['enable_chunked_prefill: false']],
    ['an empty one', ['enable_chunked_prefill: false', 'engine_init_kwargs: {}']],
    ['a block', ['engine_init_kwargs:', '  max_model_len: 1', 'enable_chunked_prefill: false']],
    ['items', ['enable_chunked_prefill: false', 'engine_init_kwargs: {max_model_len: 1}']],
  ] as const) {
    it(`moves enable_chunked_prefill beside ${what}`, async () => {
      const { values } = await after('a.yaml', yaml(...lines), 'config-chunked-prefill');
      assert.equal(values['engine_init_kwargs.enable_chunked_prefill'], false);
      assert.ok(!('enable_chunked_prefill' in values));
      if (lines.join().includes('max_model_len')) assert.equal(values['engine_init_kwargs.max_model_len'], 1);
    });
  }

  it('offers nothing for a value that is written under an alias', async () => {
    assert.deepEqual(
      await fixesOf(
        'a.yaml',
        'a: &a {enable_ray_prometheus_stats: false, async_engine: false}\ngenerator:\n  inference_engine:\n    <<: *a\n',
        'config-rejected-key',
      ),
      [],
    );
  });

  it('nests legacy keys with their comments and references', async () => {
    const text =
      'generator:\n  model_name: m\n  num_inference_engines: 2 # two\n  # beside\n  n_samples_per_prompt: 5\n  inference_engine_data_parallel_size: ${.num_inference_engines}\n  max_num_seqs: ${.n_samples_per_prompt}\n  engine_init_kwargs:\n    max_model_len: 1\ntrainer:\n  workers: ${generator.num_inference_engines}\n';
    const { text: edited, values } = await after('a.yaml', text, 'config-legacy-layout');
    assert.deepEqual(values, {
      num_engines: 2,
      data_parallel_size: 2,
      max_num_seqs: 5,
      'engine_init_kwargs.max_model_len': 1,
      'generator.n_samples_per_prompt': 5,
      'trainer.workers': 2,
    });
    assert.match(edited, /^ {2}inference_engine:\n {4}num_engines: 2 # two\n/m);
    assert.match(edited, /workers: \$\{generator\.inference_engine\.num_engines\}/);
    assert.equal((await reading('a.yaml', edited)).config.layout, 'nested');
  });
});

describe('config: quick fixes of overrides', () => {
  const sh = (...words: string[]): string =>
    `python -m main \\\n${words.map((word) => `  generator.inference_engine.${word}`).join(' \\\n')}\n`;

  for (const [what, words, expected] of [
    ['the first', ['async_engine=false', 'num_engines=1', 'backend=vllm'], ['num_engines=1', 'backend=vllm']],
    ['one between', ['num_engines=1', 'async_engine="false"', 'backend=vllm'], ['num_engines=1', 'backend=vllm']],
    [
      'the last, with the backslash before it',
      ['num_engines=1', 'backend=vllm', "async_engine='false'"],
      ['num_engines=1', 'backend=vllm'],
    ],
  ] as const) {
    it(`removes ${what}`, async () => {
      assert.equal((await after('a.sh', sh(...words), 'config-rejected-key')).text, sh(...expected));
    });
  }

  it('removes a word among others on a line', async () => {
    const line = (rest: string): string =>
      `python -m main generator.inference_engine.num_engines=1${rest} generator.inference_engine.backend=vllm "$@"\n`;
    assert.equal(
      (await after('a.sh', line(' "generator.inference_engine.async_engine=false"'), 'config-rejected-key')).text,
      line(''),
    );
  });

  it('sets a value inside its quotes, in a run block, in JSON and in a variable’s JSON', async () => {
    for (const [file, text] of [
      ['a.sh', sh('enable_ray_prometheus_stats="false"')],
      ['a.yaml', `run: |\n  ${sh('enable_ray_prometheus_stats=false').replaceAll('\n', '\n  ')}`],
      ['a.json', '{"generator.inference_engine.enable_ray_prometheus_stats": false}'],
      [
        'b.sh',
        'C="{\\"generator.inference_engine.enable_ray_prometheus_stats\\": false}"\npython -m skyrl.tinker.api --backend-config "$C"\n',
      ],
    ] as const) {
      assert.equal((await after(file, text, 'config-stats-off')).values['enable_ray_prometheus_stats'], true, file);
    }
  });

  it('moves enable_chunked_prefill by its key', async () => {
    const { text } = await after(
      'a.sh',
      sh('enable_chunked_prefill=$PREFILL').replace('python', 'PREFILL=false\npython'),
      'config-chunked-prefill',
    );
    assert.match(text, /engine_init_kwargs\.enable_chunked_prefill=\$PREFILL/);
  });

  it('renames legacy keys and drops the one without a successor', async () => {
    const { text, values } = await after('run_legacy.sh', fixture('run_legacy.sh'), 'config-legacy-layout');
    assert.equal(values['num_engines'], 2);
    assert.ok(!text.includes('model_name') && !text.includes('num_inference_engines'));
  });

  it('writes addresses with their scheme, and only those that lack one', async () => {
    const urls = ["['http://a:1', 'b:2', 'ftp://c:3']", '[10.0.0.1:8000,10.0.0.11:8000]', 'h:1'];
    const expected = [
      ['http://a:1', 'http://b:2', 'http://c:3'],
      ['http://10.0.0.1:8000', 'http://10.0.0.11:8000'],
      'http://h:1',
    ];
    for (const [index, url] of urls.entries()) {
      const { values } = await after('a.sh', sh(`external_server_urls="${url}"`), 'config-url-scheme');
      assert.deepEqual(values['external_server_urls'], expected[index]);
    }
  });

  it('gives remote_urls their new name', async () => {
    const { values } = await after(
      'a.sh',
      sh('remote_urls="[\'127.0.0.1:8001\']"', 'run_engines_locally=false'),
      'config-rejected-key',
    );
    assert.deepEqual(values['external_server_urls'], ['http://127.0.0.1:8001']);
  });

  it('removes the plus', async () => {
    assert.equal(
      (
        await after(
          'a.sh',
          'python -m skyrl.train.entrypoints.main_base ++generator.inference_engine.num_engines=1\n',
          'config-plus-prefix',
        )
      ).text,
      'python -m skyrl.train.entrypoints.main_base generator.inference_engine.num_engines=1\n',
    );
  });
});
