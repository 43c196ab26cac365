/** Hostile and large inputs of every kind, for the measurement of blocks. */

const repeat = (count: number, line: (index: number) => string, separator = ''): string =>
  Array.from({ length: count }, (_, index) => line(index)).join(separator);

const engine = 'generator.inference_engine';
const command = `python -m main ${engine}.num_engines=4`;
/** Just below the longest config. */
const longest = 990_000;

/** Repeats `line` until the text is as long as a config may be. */
function fill(head: string, line: (index: number) => string): string {
  const lines = [head];
  for (let index = 0, length = head.length; ; index++) {
    const next = line(index);
    length += next.length;
    if (length > longest) return lines.join('');
    lines.push(next);
  }
}

const doubling = `A=(a b)\n${'A=("${A[@]}" "${A[@]}")\n'.repeat(26)}${command} "\${A[@]}"\n`;
const yamlHead = `generator:\n  inference_engine: {num_engines: 4}\n`;

/** Config files: name and text. */
export const configInputs: Readonly<Record<string, readonly [file: string, text: string]>> = {
  'an array doubled 26 times (0.7 kB)': ['run.sh', doubling],
  'loops inside loops': [
    'run.sh',
    `${repeat(8, (i) => `for i${i} in ${repeat(100, String, ' ')}; do\n`)}X=1\n${'done\n'.repeat(8)}${command}\n`,
  ],
  'branches × variables (80 kB)': [
    'run.sh',
    `${repeat(3000, (i) => `V${i}=1\n`)}${repeat(3000, (i) => `if x; then V${i}=2; fi\n`)}${command}\n`,
  ],
  'overrides with Windows line ends (72 kB)': [
    'run.sh',
    `python -m main \\\r\n${repeat(8000, (i) => `  ${engine}.x${i}=1 \\\r\n`)}\r\n`,
  ],
  'a script of 1 MB': ['run.sh', fill(`${command}\n`, (i) => `V${i}="a b $V${i - 1}"\n`)],
  'a folded text of 825 kB': ['run.yaml', fill('run: >\n', (i) => `  echo generator.x=${i} and some more words;\n`)],
  '200 bombs in one YAML': ['run.yaml', repeat(200, (i) => `t${i}: |\n${doubling.replace(/^/gm, '  ')}\n`)],
  'YAML of 1 MB': ['a.yaml', fill(yamlHead, (i) => `k${i}: {a: [1, 2, "x"], b: y}\n`)],
  'YAML of 1 MB in one line': ['a.yaml', `${yamlHead}x: [${fill('', (i) => `{a${i}: 1}, `)}]\n`],
  'YAML of many documents': ['a.yaml', fill(yamlHead, (i) => `---\na${i}: 1\n`)],
  'aliases of aliases': [
    'a.yaml',
    `${yamlHead}a0: &a0 [x, x]\n${repeat(40, (i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`)}`,
  ],
  'brackets of 900 kB': ['a.yaml', `${yamlHead}x: ${'['.repeat(450_000)}${']'.repeat(450_000)}\n`],
  'JSON of 1 MB': [
    'a.json',
    `{"generator.inference_engine.num_engines": 4, "x": [${fill('', (i) => `{"a${i}": 1}, `)}1]}`,
  ],
  'Python of 1 MB': [
    'launch.py',
    fill(`run(["${command.replaceAll(' ', '", "')}"])\n`, (i) => `x${i} = [x${i - 1}, "${engine}.a=1"]\n`),
  ],
  'a Makefile of 1 MB': ['Makefile', fill(`t:\n\t${command}\n`, (i) => `A${i} = $(A${i - 1}) x\n`)],
};

const gauge = 'ray_vllm_num_requests_running';
const bucket = 'ray_vllm_time_to_first_token_seconds_bucket';

/** Bodies of targets. */
export const bodyInputs: Readonly<Record<string, () => string>> = {
  'the largest: 32 MiB of short lines': () => 'a 1\n'.repeat(2 ** 23 - 1),
  'as many lines as are read': () => `${gauge}{WorkerId="a"} 1\n`.repeat(2 ** 19 - 1),
  '1,000 engines (0.5 MB)': () =>
    repeat(1000, (i) => `${gauge}{WorkerId="w${i}"} 1\nray_vllm_generation_tokens_total{WorkerId="w${i}"} ${i}\n`),
  '10,000 engines': () => repeat(10_000, (i) => `${gauge}{WorkerId="w${i}"} 1\n`),
  '100,000 label sets': () => repeat(100_000, (i) => `${gauge}{WorkerId="w",x="${i}"} 1\n`),
  '100,000 buckets, descending': () => repeat(100_000, (i) => `${bucket}{WorkerId="w",le="${100_000 - i}"} 1\n`),
  '500 engines with 40 histograms of 20 buckets': () =>
    repeat(500, (i) => repeat(20, (le) => `${bucket}{WorkerId="w${i}",le="${le}"} ${le}\n`)),
  'an endless line': () => `m{x="${'z'.repeat(30_000_000)}"} 1\n`,
  'names that are all new': () => repeat(250_000, (i) => `x_${i} 1\n`),
};

/** Targets in Ray's service discovery. */
export const discoveryList = (count: number): string =>
  JSON.stringify([
    {
      labels: { job: 'ray' },
      targets: Array.from({ length: count }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}:8080`),
    },
  ]);

/** Ray's actors. */
export const actorList = (count: number): string =>
  JSON.stringify({
    result: true,
    data: {
      actors: Object.fromEntries(
        Array.from({ length: count }, (_, i) => [
          `actor${i}`,
          {
            actorId: `actor${i}`,
            className: 'VLLMServerActor',
            state: 'ALIVE',
            address: { workerId: `w${i}`, ipAddress: `10.0.${i >> 8}.${i & 255}`, nodeId: 'n' },
            pid: i + 1,
            startTime: 1_795_000_000_000,
            requiredResources: { GPU: 1, note: 'x'.repeat(800) },
          },
        ]),
      ),
    },
  });

/** Prometheus's answer to a range query. */
export const rangeAnswer = (series: number, points: number): string =>
  JSON.stringify({
    status: 'success',
    data: {
      resultType: 'matrix',
      result: Array.from({ length: series }, (_, index) => ({
        metric: { __name__: 'm', engine: String(index) },
        values: Array.from({ length: points }, (_unused, step) => [1_795_000_000 + step, String(step * 0.37 + index)]),
      })),
    },
  });

/** Prometheus's answer to an instant query. */
export const instantAnswer = (samples: number): string =>
  JSON.stringify({
    status: 'success',
    data: {
      resultType: 'vector',
      result: Array.from({ length: samples }, (_, index) => ({
        metric: { __name__: 'm', engine: String(index), [`label${index % 3000}`]: 'x' },
        value: [1_795_000_000, String(index)],
      })),
    },
  });

/** An export of measures as JSON Lines, in chunks. */
export function exportChunks(rows: number): Buffer[] {
  const header = Buffer.from('{"skyrl_metrics_export":1,"of":"measures"}\n');
  const block = (from: number): Buffer =>
    Buffer.from(
      repeat(
        1000,
        (i) =>
          `{"at":${1_795_000_000_000 + from + i},"measure":"kv_cache_usage_perc","engine":"e${i % 64}","value":0.5}\n`,
      ),
    );
  return [header, ...Array.from({ length: rows / 1000 }, (_, index) => block(index * 1000))];
}
