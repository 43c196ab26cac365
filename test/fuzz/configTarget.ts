/** Configs in YAML and shell scripts, built of their own pieces: reading, findings and fixes stay within the text. */
import fc from 'fast-check';
import { assertReadable } from '../unit/config/assertReadable';
import type { FuzzTarget } from './fuzzTarget';

interface ConfigText {
  file: string;
  text: string;
}

const keys = fc.constantFrom(
  ...[
    'generator',
    'inference_engine',
    'trainer',
    'backend',
    'num_engines',
    'tensor_parallel_size',
    'engine_init_kwargs',
  ],
  ...[
    'enable_ray_prometheus_stats',
    'async_engine',
    'gpu_memory_utilization',
    'defaults',
    '<<',
    'a.b',
    '',
    '__proto__',
  ],
);
const scalars = fc.oneof(
  fc.constantFrom(
    'vllm',
    'true',
    'null',
    '4',
    '1e3',
    '0x1f',
    '"x',
    "'y'",
    '[1, 2',
    '{a: 1}',
    '*a',
    '&a 1',
    '!!str 1',
    '|',
    '>-',
  ),
  fc.constantFrom('${oc.env:HOME}', '${generator.backend}', '${a', '"${b}"', '', '🚀', '\0', '=', '#'),
  fc.string({ maxLength: 10 }),
);
const indents = fc.constantFrom('', '  ', '    ', '\t', '- ', '   ');
const yamlLines = fc
  .tuple(indents, keys, fc.constantFrom(': ', ':', ' : ', ''), scalars)
  .map((parts) => parts.join(''));
const shellLines = fc.oneof(
  fc
    .tuple(fc.constantFrom('', '  ', '+', '++', '~'), keys, keys, fc.constantFrom('=', '=', '==', ' '), scalars)
    .map(([prefix, key, inner, equals, value]) => `  ${prefix}${key}.${inner}${equals}${value} \\`),
  fc.constantFrom(
    ...[
      'python -m skyrl.train.entrypoints.main_base \\',
      'uv run --isolated python train.py \\',
      'set -x',
      'fi',
      'done',
    ],
    ...['A=1', 'A="$A $B"', 'B=(a b "$A")', 'C=("${B[@]}")', 'export A', 'if [ -z "$A" ]; then', 'for i in 1 2; do'],
    ...[
      'case $A in',
      'esac',
      'f() {',
      '}',
      'cat <<EOF',
      'EOF',
      'echo $(',
      ')',
      '# a',
      '\\',
      '"',
      "'",
      '`',
      '${A:-',
      '$((1+',
    ],
  ),
  fc.string({ maxLength: 12 }),
);
const lineEnds = fc.constantFrom('\n', '\n', '\r\n');
const textOf = (of: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(fc.array(of, { maxLength: 25 }), lineEnds).map(([all, end]) => all.join(end));

export const configTarget: FuzzTarget<ConfigText> = {
  name: 'config',
  about: 'YAML and shell configs: no error, and no range or edit outside of the text',
  inputs: fc.oneof(
    fc.record({ file: fc.constant('run.yaml'), text: textOf(yamlLines) }),
    fc.record({ file: fc.constant('run.sh'), text: textOf(shellLines) }),
  ),
  check: ({ file, text }) => assertReadable(file, text),
  lineCount: ({ text }) => text.split('\n').length,
  shortCases: 200,
};
