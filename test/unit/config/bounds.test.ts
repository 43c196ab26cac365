/** Tests that reading a config is linear and bounded: counted in steps, at each limit and one beyond. */
import { strict as assert } from 'node:assert';
import { exactText } from '../../../src/config/mappedText';
import { readConfig } from '../../../src/config/readConfig';
import { maxSteps, maxTextLength } from '../../../src/config/shell/budget';
import { readScript, type ScriptReading } from '../../../src/config/shell/script';
import { createFileText, normalizeLineEnds } from '../../../src/config/sourceText';
import type { ConfigReading } from '../../../src/config/types';
import { readDocuments } from '../../../src/config/yaml';
import { engine as e, findingLines } from './support';

const command = `python -m main ${e}.num_engines=4`;

const repeat = (count: number, line: (index: number) => string, separator = '\n'): string =>
  Array.from({ length: count }, (_, index) => line(index)).join(separator);

const read = (text: string, file = 'run.sh'): Promise<ConfigReading> =>
  readConfig(text, { file: `/w/${file}`, environment: {} });

function steps(text: string): Promise<ScriptReading> {
  const file = createFileText(normalizeLineEnds(text));
  return readScript({ text: exactText(file.text, 0), fileText: file.text, rangeAt: file.rangeAt, environment: {} });
}

/** The reading of the first script inside a YAML file. */
async function stepsOfYaml(text: string): Promise<ScriptReading> {
  const { rangeAt } = createFileText(text);
  for await (const { launchers } of readDocuments(text)) {
    const [script] = launchers.scripts;
    assert.ok(script);
    return readScript({ ...script, fileText: text, rangeAt, environment: {} });
  }
  throw new Error('no document');
}

describe('config: reading is linear', () => {
  for (const [title, count, text] of [
    [
      'overrides with the line ends of Windows',
      1_000,
      (n: number) => `python -m main \\\r\n${repeat(n, (i) => `  ${e}.x${i}=1 \\`, '\r\n')}\r\n`,
    ],
    [
      'lines with the line ends of Windows',
      3_000,
      (n: number) => `${repeat(n, (i) => `x=${i}`, '\r\n')}\r\n${command}\r\n`,
    ],
    [
      'branches over as many variables',
      500,
      (n: number) => `${repeat(n, (i) => `V${i}=1`)}\n${repeat(n, (i) => `if x; then V${i}=2; fi`)}\n${command}\n`,
    ],
    ['words of a variable', 8_000, (n: number) => `V="${repeat(n, (i) => `w${i}`, ' ')}"\n${command} $V\n`],
    ['items that are appended', 1_000, (n: number) => `${repeat(n, (i) => `A+=(x${i}=1)`)}\n${command} "\${A[@]}"\n`],
    ['commands', 2_000, (n: number) => `${repeat(n, (i) => `run ${i}`)}\n${command}\n`],
    ['nested scripts', 300, (n: number) => `A='${command}'\n${repeat(n, () => 'bash -c "$A"')}\n`],
    [
      'functions',
      800,
      (n: number) => `${repeat(n, (i) => `f${i}() { X=${i}; }`)}\n${repeat(n, (i) => `f${i}`)}\n${command}\n`,
    ],
  ] as const) {
    it(`takes at most twice the steps for twice the ${title}`, async () => {
      const [once, twice] = [await steps(text(count)), await steps(text(2 * count))];
      assert.equal(once.givenUpAt, undefined);
      assert.equal(twice.givenUpAt, undefined);
      assert.ok(once.commands.length > 0);
      assert.ok(twice.steps <= 2.1 * once.steps, `${once.steps} and ${twice.steps} steps`);
    });
  }

  it('takes at most twice the steps for a folded text of twice the length', async () => {
    const text = (n: number): string =>
      `run: >\n${repeat(n, (i) => `  echo generator.x=${i} and some more words;`)}\n  ${command}\n`;
    const [once, twice] = [await stepsOfYaml(text(1_500)), await stepsOfYaml(text(3_000))];
    assert.equal(twice.givenUpAt, undefined);
    assert.ok(twice.steps <= 2.1 * once.steps, `${once.steps} and ${twice.steps} steps`);
  });

  it('reads long runs of blanks, line ends and quotes without going back', async () => {
    for (const [file, text] of [
      ['run.sh', `X=$(cat <<EOF\n${'\n'.repeat(400_000)}x\nEOF\n)\n${command}\n`],
      ['run.sh', `python -m main x${'\\\n'.repeat(200_000)}y ${e}.num_engines=4\n`],
      ['run.sh', `${command}\n${' '.repeat(800_000)}x\n`],
      ['Makefile', `A = ${' '.repeat(800_000)}x\nt:\n\t${command} $(A)\n`],
      ['tasks.toml', `a = "${command}"\n${"'''".repeat(100_000)}${'"""'.repeat(100_001)}`],
      ['a.yaml', `a: ${'generator.'.repeat(80_000)}\ngenerator: {inference_engine: {num_engines: 4}}\n`],
    ] as const) {
      const { config } = await read(text, file);
      assert.equal(config?.values.get(`${e}.num_engines`)?.value, 4, file);
    }
  });
});

describe('config: reading is bounded', () => {
  const doubling = `A=(a b)\n${'A=("${A[@]}" "${A[@]}")\n'.repeat(26)}${command} "\${A[@]}"\n`;

  for (const [title, text] of [
    ['an array that doubles', doubling],
    ['a text that doubles', `A=xxxxxxxx\n${'A="$A$A"\n'.repeat(60)}${command}\n`],
    ['functions that call two others', `${repeat(40, (i) => `f${i}() { f${i + 1}; f${i + 1}; }`)}\nf0\n${command}\n`],
    [
      'loops inside loops',
      `${repeat(8, (i) => `for i${i} in ${repeat(100, String, ' ')}; do`)}\nX=1\n${repeat(8, () => 'done')}\n${command}\n`,
    ],
    [
      'texts that many branches choose',
      `${repeat(1_000, (i) => `if x; then A="trainer.k${i}=1 trainer.a=${i}"; fi`)}\n${command} $A\n`,
    ],
    [
      'a text that many branches append to',
      `A=a.b=1\n${repeat(2_000, (i) => `if x; then A="$A trainer.k${i}=1"; fi`)}\n${command} $A\n`,
    ],
    [
      'an array of arrays',
      `A=(${repeat(900, String, ' ')})\n${'B+=("${A[@]}")\nC=("${B[@]}")\n'.repeat(100)}${command}\n`,
    ],
    [
      'patterns on long texts',
      `X=${'a'.repeat(4000)}\ncase $X in\n${repeat(2000, (i) => `*a*a*b${i}) Y=1 ;;`)}\nesac\n${command}\n`,
    ],
  ] as const) {
    it(`gives up ${title}, and says where and what to do`, async () => {
      const { config, findings } = await read(text);
      assert.equal(config, undefined);
      const [finding] = findings.filter(({ id }) => id === 'config-too-entangled');
      assert.ok(finding);
      assert.equal(finding.severity, 'warning');
      assert.match(
        finding.message,
        /^The script is too entangled to follow: .* over 500,000 steps by this line\. Move /,
      );
      assert.ok(finding.range.startLine > 0, 'the line at which it was given up');
    });
  }

  it('has one budget for all scripts of a file, and reads no more of them once it is spent', async () => {
    const script = (text: string): string => `|\n  ${text.trimEnd().replaceAll('\n', '\n  ')}\n`;
    const bombs = repeat(5, (index) => `t${index}: ${script(doubling)}`, '');
    const { config, findings } = await read(`run: ${script(command)}${bombs}`, 'a.yaml');
    assert.equal(config?.values.get(`${e}.num_engines`)?.value, 4);
    assert.equal(findings.filter(({ id }) => id === 'config-too-entangled').length, 1);
  });

  it('keeps a command that was read before the script was given up', async () => {
    const { config, findings } = await read(`${command}\n${doubling}`);
    assert.equal(config?.values.get(`${e}.num_engines`)?.value, 4);
    assert.ok(findingLines(findings).some((each) => each.startsWith('config-too-entangled@')));
  });

  it('reads a script of exactly as many steps, and gives up one of a step more', async () => {
    const text = (n: number): string => `${repeat(n, () => ':')}\n`;
    const [first, second] = [await steps(text(1_000)), await steps(text(2_000))];
    const each = (second.steps - first.steps) / 1_000;
    const fits = Math.floor((maxSteps - first.steps) / each) + 1_000;
    const [at, beyond] = [await steps(text(fits)), await steps(text(fits + 1))];
    assert.ok(at.givenUpAt === undefined && at.steps <= maxSteps, `${at.steps}`);
    assert.ok(beyond.givenUpAt !== undefined && beyond.steps > maxSteps, `${beyond.steps}`);
  });

  it('reads a text of exactly the longest length, and gives up one of a character more', async () => {
    const text = (length: number): string => `A=${'x'.repeat(length / 4)}\nB="$A$A$A$A"\n`;
    assert.equal((await steps(text(maxTextLength))).givenUpAt, undefined);
    assert.notEqual((await steps(`${text(maxTextLength)}B+="$A$A$A$A$A"\nC="$B"\n`)).givenUpAt, undefined);
    assert.notEqual((await steps(text(maxTextLength).replace('"$A$A$A$A"', '"$A$A$A${A}y"'))).givenUpAt, undefined);
  });

  it('reads eight scripts inside each other, and not nine', async () => {
    const nested = (depth: number): string =>
      depth === 0 ? command : `bash <<'E${depth}'\n${nested(depth - 1)}\nE${depth}`;
    assert.ok((await read(`${nested(8)}\n`)).config);
    assert.equal((await read(`${nested(9)}\n`)).config, undefined);
  });

  it('reads a hundred turns of a loop one by one, and of a longer one what all turns share', async () => {
    const text = (n: number): string =>
      `for i in ${repeat(n, String, ' ')}; do N=$i; done\npython -m main ${e}.num_engines=$N\n`;
    const value = async (n: number): Promise<unknown> => {
      const found = (await read(text(n))).config?.values.get(`${e}.num_engines`);
      return found?.unresolvedReason ?? found?.value;
    };
    assert.equal(await value(100), 99);
    assert.match(String(await value(101)), /loop at line 1/);
  });

  it('gives up programs that take too many steps', async () => {
    const list = `a = [${repeat(4_000, (i) => `"${e}.x${i}=1"`, ', ')}]\n${'run([*a])\n'.repeat(200)}`;
    const make = `A0 = generator.x=1\n${repeat(30, (i) => `A${i + 1} = $(A${i})$(A${i})`)}\nt:\n\t${command} $(A30)\n`;
    for (const [file, text] of [
      ['run.py', list],
      ['Makefile', make],
    ] as const)
      assert.deepEqual(findingLines((await read(text, file)).findings), ['config-too-entangled@1'], file);
  });

  it('reads values for Hydra of 64 levels, and not of more', async () => {
    const text = (depth: number): string =>
      `python -m main generator.num_inference_engines=1 +trainer.x='${'['.repeat(depth)}1${']'.repeat(depth)}'\n`;
    const value = async (depth: number): Promise<unknown> =>
      (await read(text(depth))).config?.values.get('trainer.x')?.value;
    assert.ok(Array.isArray(await value(64)));
    assert.equal(await value(65), undefined);
  });
});
