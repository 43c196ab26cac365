/** Overrides in scripts: what bash makes of them, as far as that is known without running the script. */
import { strict as assert } from 'node:assert';
import { readConfig } from '../../../src/config/readConfig';
import type { ConfigReading, ConfigValue } from '../../../src/config/types';
import { textInRange, engine, findingLines, value } from './support';

const read = (text: string, environment: Record<string, string> = {}): Promise<ConfigReading> =>
  readConfig(text, { file: '/w/run.sh', environment });

/** The value of `max_num_seqs` where it is written as `word`, after these lines. */
async function seqs(
  word: string,
  lines: string[] = [],
  environment: Record<string, string> = {},
): Promise<ConfigValue & { text: string }> {
  const text = [
    ...lines,
    `python -m main generator.inference_engine.backend=vllm generator.inference_engine.max_num_seqs=${word} "$@"`,
    '',
  ].join('\n');
  const { config } = await read(text, environment);
  assert.ok(config);
  const found = value(config, `${engine}.max_num_seqs`);
  return { ...found, text: textInRange(text, found.range) };
}

describe('config: words of a script', () => {
  for (const [word, expected] of [
    ['64', 64],
    ['"64"', 64],
    ["'64'", 64],
    ['6"4"', 64],
    ["$'64'", 64],
    ['\\6\\4', 64],
    ['"\\"64\\""', '64'],
    ['null', null],
    ['', null],
    ['true', true],
    ['off', false],
    ['1e-6', 1e-6],
    ['0x10', 16],
    ['1_000', 1000],
    ['12:30:45', 45045],
    ['"[1, 2]"', [1, 2]],
    ["\"['a','b']\"", ['a', 'b']],
    ['[1,2]', [1, 2]],
    ['""', null],
    ['"\'\'"', ''],
    ['a=b', 'a=b'],
    ['"a: b"', undefined],
    ['"x # y"', 'x'],
    ['"\\${trainer.x}"', '${trainer.x}'],
  ] as const) {
    it(`reads …=${word} as ${JSON.stringify(expected)}`, async () => {
      if (expected === undefined) return void assert.rejects(seqs(word));
      if (word.includes('trainer.x')) {
        const { value: raw, unresolvedReason } = await seqs(word);
        assert.equal(raw, '${trainer.x}');
        assert.match(unresolvedReason ?? '', /not in this file/);
        return;
      }
      const found = await seqs(word);
      assert.deepEqual([found.value, found.unresolvedReason], [expected, undefined]);
    });
  }

  for (const [what, word, lines, expected] of [
    ['a variable', '$N', ['N=5'], 5],
    ['braces', '${N}', ['export N=5'], 5],
    ['a variable of a variable', '"$N"', ['A=7', 'N=${A}'], 7],
    ['the last one set', '$N', ['N=5', 'N=6'], 6],
    ['what is appended', '$N', ['N=5', 'N+=6'], 56],
    ['a default', '${N:-8}', [], 8],
    ['a default of a variable', '${N:-$M}', ['M=9'], 9],
    ['a default of an empty one', '${N:-8}', ['N='], 8],
    ['no default for an empty one', '"${N-8}"', ['N='], null],
    ['an assigned default', '$N', [': "${N:=3}"'], 3],
    ['a nested default', '$N', [': "${N:="${M:-4}"}"'], 4],
    ['its own default', '$N', ['N=${N:-2}'], 2],
    ['if it is set', '${N:+4}', ['N=1'], 4],
    ['a sum', '$((N * 2 + 1))', ['N=3'], 7],
    ['a sum of defaults', '$((${N:-8} * M))', ['M=2'], 16],
    ['a cut', '${N%x}', ['N=1x'], 1],
    ['a length', '${#N}', ['N=123'], 3],
    ['an indirection', '${!N}', ['M=4', 'N=M'], 4],
    ['a loop over words', '$N', ['for N in 1 2; do :; done'], 2],
    ['declare', '$N', ['declare -x N=5'], 5],
    ['both branches alike', '$N', ['if x; then N=1; else N=1; fi'], 1],
    ['a heredoc', '$N', ['read -r -d "" N <<EOF', '12', 'EOF'], 12],
    ['an array’s element', '${N[1]}', ['N=(4 5)'], 5],
    ['a file it wrote', '"$(cat n.txt)"', ['cat > n.txt <<EOF', '13', 'EOF'], 13],
    ['after a subshell', '$N', ['N=1', '(N=2)'], 1],
    ['a function that was called', '$N', ['f() { N=$1; }', 'f 21'], 21],
    ['a local of a function', '$N', ['N=1', 'f() { local N=2; }', 'f'], 1],
  ] as const) {
    it(`expands ${what}: ${word}`, async () => {
      const found = await seqs(word, [...lines]);
      if (expected === undefined) assert.ok(found.unresolvedReason);
      else assert.deepEqual([found.value, found.unresolvedReason], [expected, undefined]);
    });
  }

  for (const [what, word, lines, why] of [
    ['an unset variable', '$N', [], /the environment variable N is not set in this file or in VS Code's environment$/],
    ['one that another file may set', '$N', ['source common.sh'], /common\.sh may set it/],
    ['a command', '$(nproc)', [], /the output of a command \(nproc\)/],
    ['a branch', '$N', ['N=1', 'if x; then N=2; fi'], /it depends on the if at line 2/],
    ['a condition', '$N', ['N=1', '[ -n "$X" ] && N=2'], /it depends on the condition at line 2/],
    ['a case', '$N', ['case $X in a) N=1;; *) N=2;; esac'], /it depends on the case at line 1/],
    ['a loop', '$N', ['N=0', 'for N in *.txt; do :; done'], /loop at line 2/],
    ['an argument of the script', '$1', [], /given when the script is started/],
    ['a declaration', '${N@A}', ['N=1'], /computed by the shell/],
    ['read', '$N', ['read N'], /read when the script runs/],
    ['braces', '{1,2}', [], /quotes keep them together/],
    ['half of a text', 'a-$N', [], /N is not set/],
    ['half of a list', '"[1, $N]"', [], /N is not set/],
  ] as const) {
    it(`does not guess ${what}: ${word}`, async () => {
      const found = await seqs(word, [...lines]);
      assert.match(found.unresolvedReason ?? '', why);
      assert.ok(word.includes(found.text) && found.text !== '', found.text);
    });
  }

  it('reads the arguments of the command and no others', async () => {
    const text =
      'generator.inference_engine.num_engines=1 python x\necho generator.inference_engine.num_engines=2 > log\npython -m main a=1 --x=2 generator.inference_engine.num_engines=3 trainer.epochs=1\n';
    const { config } = await read(text);
    assert.deepEqual([...(config?.values.keys() ?? [])], [`${engine}.num_engines`, 'trainer.epochs']);
    assert.equal(config?.values.get(`${engine}.num_engines`)?.value, 3);
  });

  it('reads strings and arrays of overrides, each with its range', async () => {
    const text =
      'MORE="generator.inference_engine.num_engines=2 trainer.epochs=1"\nARGS=(generator.inference_engine.backend=vllm "trainer.run_name=a b")\npython -m main $MORE "${ARGS[@]}" ${ARGS[@]+"${ARGS[@]}"}\n';
    const { config } = await read(text);
    assert.ok(config);
    assert.equal(textInRange(text, value(config, `${engine}.num_engines`).range), '2');
    assert.equal(value(config, `${engine}.num_engines`).range.startLine, 0);
    assert.equal(value(config, 'trainer.run_name').value, 'a b');
    assert.equal(value(config, 'trainer.run_name').range.startLine, 1);
  });

  it('reports a key that is written twice, and where a comment cut the command off', async () => {
    const text =
      'python -m main \\\n  generator.inference_engine.num_engines=1 \\\n  generator.inference_engine.num_engines=2 \\\n  # not so many\n  generator.inference_engine.backend=vllm\n';
    const { config, findings } = await read(text);
    assert.equal(config?.values.get(`${engine}.num_engines`)?.value, 2);
    assert.deepEqual(findingLines(findings), ['config-written-twice@2', 'config-not-passed@5']);
    assert.equal(config?.values.has(`${engine}.backend`), false);
  });

  for (const [what, rest] of [
    ['a quote', '"abc'],
    ['a command', '$(abc'],
    ['a brace', '${abc'],
    ['an array', 'y &&\nA=(1'],
  ] as const) {
    it(`cannot read a script where ${what} does not end`, async () => {
      const { config, findings } = await read(
        `A=${what.startsWith('an') ? '(' : ''}\npython -m main generator.inference_engine.num_engines=1 trainer.x=${rest}\n`,
      );
      assert.equal(config, undefined);
      assert.ok(
        findings.length > 0 && findings.every(({ id, severity }) => id === 'config-syntax' && severity === 'error'),
        JSON.stringify(findings),
      );
    });
  }

  it('reads a command before a syntax error', async () => {
    for (const [text, place] of [
      ['', 'echo "'],
      ['if x; then\n', 'true'],
    ].map(([head = '', tail = '']) => [
      `${head}python -m main generator.inference_engine.num_engines=1\n${tail}\n`,
      head === '' ? 2 : 4,
    ])) {
      const { config, findings } = await read(String(text));
      assert.equal(config?.values.size, 1);
      assert.deepEqual(findingLines(findings), [`config-syntax@${place}`]);
    }
  });

  it('drops only the value that is no YAML', async () => {
    const { config, findings } = await read(
      'python -m main generator.inference_engine.num_engines=[1 generator.inference_engine.backend=vllm\n',
    );
    assert.deepEqual([...(config?.values.keys() ?? [])], [`${engine}.backend`]);
    assert.deepEqual(findingLines(findings), ['config-syntax@1']);
  });

  it('reads the line ends of Windows, with ranges as the editor counts them', async () => {
    const text =
      'N=3\r\npython -m main \\\r\n  generator.inference_engine.num_engines=$N \\\r\n  generator.inference_engine.backend=vllm\r\n';
    const { config } = await read(text);
    assert.ok(config);
    assert.equal(value(config, `${engine}.num_engines`).value, 3);
    assert.equal(textInRange(text, value(config, `${engine}.backend`).range), 'vllm');
    assert.equal(value(config, `${engine}.backend`).range.startLine, 3);
  });

  it('ends when functions call themselves or texts double', async () => {
    const doubled = Array.from({ length: 60 }, () => 'A="$A$A"').join('\n');
    const calls = Array.from({ length: 40 }, (_, index) => `f${index}() { f${index + 1}; f${index + 1}; }`).join('\n');
    for (const text of [`A=xxxxxxxx\n${doubled}\n`, `${calls}\nf0\n`, 'f() { f; }\nf\n']) {
      const { config, findings } = await read(`${text}python -m main generator.inference_engine.num_engines=1\n`);
      assert.ok(config !== undefined || findings.length > 0);
    }
  });

  it('finds no config without an override of the engines', async () => {
    assert.deepEqual(findingLines((await read('#!/bin/bash\necho hello trainer.epochs=1\n')).findings), [
      'config-not-skyrl@1',
    ]);
    assert.deepEqual(
      findingLines((await readConfig('#!/bin/bash\n:\n', { file: '/w/run', environment: {} })).findings),
      ['config-not-skyrl@1'],
    );
  });
});
