/** Tests of the lint rule that says which file may import which: the rule itself, and oxlint's use of it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { importProblem, order } from '../../../scripts/lib/importDirection.mjs';
import { root } from '../../../scripts/lib/paths.mjs';

interface Case {
  file: string;
  source: string;
  target?: string;
  typeOnly?: boolean;
}

const allowed: Record<string, Case> = {
  'a folder itself': { file: 'src/metrics/rates.ts', source: './catalog', target: 'src/metrics/catalog' },
  'a folder before it': { file: 'src/views/tree/rows.ts', source: '../../http/client', target: 'src/http/client' },
  'the types of the API': { file: 'src/collector/status.ts', source: '../api', target: 'src/api' },
  'everything, in the entry': { file: 'src/extension.ts', source: './container', target: 'src/container' },
  'everything, in the container': { file: 'src/container.ts', source: './views/tree', target: 'src/views/tree' },
  'vscode in the container': { file: 'src/container.ts', source: 'vscode' },
  'vscode in a view': { file: 'src/views/tree/rows.ts', source: 'vscode' },
  'vscode in a test inside VS Code': { file: 'test/vscode/tree.test.ts', source: 'vscode' },
  'types of vscode in the API': { file: 'src/api.ts', source: 'vscode', typeOnly: true },
  'shared code in the webview': {
    file: 'webview/chart.ts',
    source: '../src/shared/format',
    target: 'src/shared/format',
  },
  'the catalog in the webview': {
    file: 'webview/a.ts',
    source: '../src/metrics/catalog',
    target: 'src/metrics/catalog',
  },
  'Chart.js in the webview': { file: 'webview/chart.ts', source: 'chart.js/auto' },
};

const refused: Record<string, Case & { because: RegExp }> = {
  'a later folder': {
    file: 'src/exposition/reader.ts',
    source: '../collector/status',
    target: 'src/collector/status',
    because: /may import itself, shared, http, config, discovery; not src\/collector\/status/,
  },
  'any folder but itself, in shared': {
    file: 'src/shared/format.ts',
    source: '../api',
    target: 'src/api',
    because: /src\/shared may import itself; not src\/api/,
  },
  'from a folder without a place in the order': {
    file: 'src/elsewhere/a.ts',
    source: '../shared/format',
    target: 'src/shared/format',
    because: /no folder of the order/,
  },
  'what is outside src': {
    file: 'src/views/a.ts',
    source: '../../package.json',
    target: 'package.json',
    because: /outside src/,
  },
  'vscode in the core': { file: 'src/metrics/rates.ts', source: 'vscode', because: /may import vscode/ },
  'vscode in a unit test': { file: 'test/unit/a.test.ts', source: 'vscode', because: /may import vscode/ },
  'values of vscode in the API': { file: 'src/api.ts', source: 'vscode', because: /may import vscode/ },
  'values in the API': {
    file: 'src/api.ts',
    source: './shared/format',
    target: 'src/shared/format',
    because: /types of src\/shared only/,
  },
  'Node in the webview': { file: 'webview/chart.ts', source: 'node:fs', because: /webview may import/ },
  'the views in the webview': {
    file: 'webview/chart.ts',
    source: '../src/views/chart/panel',
    target: 'src/views/chart/panel',
    because: /webview may import/,
  },
};

describe('the direction of imports', () => {
  for (const [title, imported] of Object.entries(allowed)) {
    it(`allows ${title}`, () => {
      assert.equal(importProblem({ target: '', typeOnly: false, ...imported }), undefined);
    });
  }

  for (const [title, { because, ...imported }] of Object.entries(refused)) {
    it(`refuses ${title}`, () => {
      assert.match(importProblem({ target: '', typeOnly: false, ...imported }) ?? 'allowed', because);
    });
  }

  it('allows each folder those before it and refuses those after it', () => {
    for (const [at, folder] of order.entries()) {
      const may = order.filter((other) => {
        const target = `src/${other}/a`;
        return !importProblem({ file: `src/${folder}/b.ts`, source: `../${other}/a`, target, typeOnly: false });
      });
      assert.deepEqual(may, order.slice(0, at + 1), folder);
    }
  });

  it('is reported by oxlint for every way to import, with the configuration of this repository', async () => {
    const checkout = await mkdtemp(join(tmpdir(), 'skyrl-lint-'));
    try {
      await copyLintSetup(checkout);
      await write(checkout, 'src/views/rows.ts', 'export type Row = string;\nexport const row: Row = "";\n');
      await write(checkout, 'src/shared/fine.ts', "export type { Row } from './row';\n");
      await write(checkout, 'src/shared/row.ts', 'export type Row = string;\n');
      await write(checkout, 'src/metrics/wrong.ts', everyWay);
      const lines = (await problems(checkout)).filter(({ rule }) => rule === 'skyrl(import-direction)');
      assert.deepEqual(
        lines.map(({ file, line }) => `${file}:${line}`),
        [1, 2, 3, 4, 5, 6].map((line) => `src/metrics/wrong.ts:${line}`),
      );
    } finally {
      await rm(checkout, { recursive: true, force: true });
    }
  });
});

/** One import on each line, all of them from the core to the views or to VS Code. */
const everyWay = `import { Uri } from 'vscode';
import { row } from '../views/rows';
export type { Row } from '../views/rows';
export * from '../views/rows';
export type Named = import('../views/rows').Row;
export const lazily = () => import('../views/rows');
export const used = [Uri, row];
`;

/** What oxlint needs of this repository, in another folder. */
async function copyLintSetup(folder: string): Promise<void> {
  const files = ['importDirection.mjs', 'lintPlugin.mjs', 'paths.mjs'].map((name) => `scripts/lib/${name}`);
  for (const file of ['.oxlintrc.jsonc', 'tsconfig.json', ...files]) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(root, file), join(folder, file));
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
}

async function write(folder: string, file: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), text);
}

interface Problem {
  file: string;
  line: number;
  rule: string;
}

/** What oxlint finds in `folder`, in the order of the lines. */
async function problems(folder: string): Promise<Problem[]> {
  const program = join(root, 'node_modules', 'oxlint', 'bin', 'oxlint');
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, [program, '--format=json', 'src'], { cwd: folder }, (_error, stdout) => resolve(stdout));
  });
  const { diagnostics } = JSON.parse(output) as {
    diagnostics: { filename: string; code?: string; labels: { span: { line: number } }[] }[];
  };
  return diagnostics
    .map(({ filename, code = '', labels }) => ({
      file: filename.replaceAll('\\', '/'),
      line: labels[0]?.span.line ?? 0,
      rule: code,
    }))
    .sort((a, b) => a.line - b.line);
}
