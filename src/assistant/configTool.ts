/** The tool that tells the effective config: what is written, where, and what is SkyRL's default. */
import * as z from 'zod/mini';
import { effectiveKeys } from '../config/effectiveConfig';
import { formatLine } from '../config/ranges';
import { escapeControlChars } from '../promql/textTable';
import { fitRows, maxAsideChars } from './budget';
import { describe } from './inputSchema';
import { defineTool, ToolError } from './tool';

const keyText = z.string().check(z.maxLength(200));

/** Effective keys with file, line and default; secrets are masked. */
export const configTool = defineTool({
  name: 'skyrl_get_config',
  title: 'Get Effective SkyRL Config',
  modelDescription:
    'The SkyRL config in use: every known key of the inference engines and what else the file sets, each with its value and where that comes from (line of the file, or the default of a SkyRL release), and problems found in it. Use it before suggesting a change of a key. Values that look like secrets are masked. An unresolved value is decided elsewhere, such as by the environment of the job; do not guess it.',
  input: z.strictObject({
    keys: z.optional(
      describe(
        z.union([keyText, z.array(keyText).check(z.maxLength(50))], { error: 'expected a text, or a list of texts' }),
        'Only keys that contain this text, or one of these, such as "max_num_seqs" or "generator.inference_engine".',
      ),
    ),
  }),
  run: ({ config }, { keys = [] }) => {
    if (!config)
      throw new ToolError('No SkyRL config is in use. Ask the person to run "SkyRL: Select Config" in VS Code.');
    const wanted = [keys].flat().map((text) => text.toLowerCase());
    const rows = effectiveKeys(config).filter(
      ({ key }) => wanted.length === 0 || wanted.some((text) => key.toLowerCase().includes(text)),
    );
    if (rows.length === 0)
      throw new ToolError(
        `No key contains ${wanted.map((text) => `"${text}"`).join(' or ')}. Call it without "keys" to see all.`,
      );
    const { data, lines, omitted } = fitRows(
      rows.map((row) => ({ data: { ...row }, text: escapeControlChars(`${row.key}: ${row.value}  # ${row.from}`) })),
      'Ask for a part of them with "keys".',
    );
    const problems = fitRows(
      config.findings.map(({ severity, message, range }) => ({
        data: { severity, message, at: formatLine(range) },
        text: escapeControlChars(`${severity}, ${formatLine(range)}: ${message}`),
      })),
      'VS Code lists all of them in the Problems view.',
      maxAsideChars,
    );
    return {
      text: [
        escapeControlChars(
          `${config.name}${config.broken ? ' (cannot be read now; this is what it said before)' : ''}`,
        ),
        ...lines,
        ...problems.lines,
      ].join('\n'),
      data: {
        file: config.name,
        ...(config.release && { skyrl: config.release.version }),
        keys: data,
        problems: problems.data,
        ...(omitted > 0 && { omitted }),
        ...(problems.omitted > 0 && { omittedProblems: problems.omitted }),
      },
    };
  },
});
