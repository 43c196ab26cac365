/** What starting costs: own code of the built extension in a fresh process, with a stand-in for VS Code, which does nothing; and the size of the package. */
import Module, { builtinModules, createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { statSync } from 'node:fs';
import { result, skipped, table } from './report';
import { inOwnProcess, rounds, timed } from './timing';

/** Whatever is asked of it, it is another such thing; what inherits from it, too. */
function standIn(): unknown {
  const own = new Map<unknown, unknown>([
    [Symbol.toPrimitive, () => ''],
    [Symbol.iterator, () => [][Symbol.iterator]()],
    ['then', undefined],
  ]);
  function thing(): void {
    /* nothing is done */
  }
  const any: unknown = new Proxy(thing, {
    get: (target, name) => (name === 'prototype' ? Reflect.get(target, name) : own.has(name) ? own.get(name) : any),
    set: () => true,
    apply: () => any,
    construct: (target, _arguments, of) => (of === any ? any : (Reflect.construct(target, [], of) as object)),
    getPrototypeOf: () => any as object,
  });
  Reflect.setPrototypeOf(thing.prototype as object, any as object);
  return any;
}

const built = (file: string): string => join(__dirname, '..', '..', file);

interface Work {
  work: string;
  /** The built file, and what is called in it. */
  file: string;
  call: 'activate' | 'createContainer';
}

const works: Record<string, Work> = {
  '--activate': {
    work: 'loading and activating the extension, in every window',
    file: 'extension.js',
    call: 'activate',
  },
  '--window': {
    work: 'loading the rest and building it, at the first config, view, query or command',
    file: 'container.js',
    call: 'createContainer',
  },
};

/** Prints the processor's ms of loading and calling; fails where a file was loaded that the first use should load. */
function callOnce({ file, call }: Work): void {
  const load = createRequire(__filename);
  const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
  const native = loader._load;
  const fake = standIn();
  loader._load = (request, ...rest) => (request === 'vscode' ? fake : native(request, ...rest));
  // VS Code's host has Node's own modules in use already.
  for (const name of builtinModules.filter((each) => !each.startsWith('_'))) load(`node:${name}`);
  const before = process.cpuUsage();
  const calls = load(built(file)) as Record<Work['call'], (context: unknown, log: unknown) => unknown>;
  calls[call](
    {
      subscriptions: [],
      extensionUri: fake,
      globalStorageUri: { fsPath: '/nowhere' },
      workspaceState: fake,
      globalState: fake,
      secrets: fake,
    },
    fake,
  );
  const { user, system } = process.cpuUsage(before);
  const early = Object.keys(load.cache).filter(
    (path) => dirname(path) === dirname(built(file)) && path !== built(file),
  );
  if (early.length > 0) throw new Error(`loaded before the first use: ${early.join(', ')}`);
  process.stdout.write(`${(user + system) / 1000}\n`);
  process.exit(0);
}

function main(): void {
  const asked = works[process.argv[2] ?? ''];
  if (asked) return callOnce(asked);
  table('Starting: own code, processor time (a stand-in for VS Code)');
  for (const [argument, { work }] of Object.entries(works))
    result(timed(work, Array.from({ length: rounds(9) }, () => inOwnProcess(__filename, argument)).flat()));
  const { SKYRL_BENCH_VSIX, SKYRL_BENCH_NO_VSIX = '' } = process.env;
  if (SKYRL_BENCH_VSIX === undefined) skipped('VSIX', SKYRL_BENCH_NO_VSIX);
  else result({ work: 'VSIX', value: statSync(SKYRL_BENCH_VSIX).size / 1000, unit: 'kB' });
}

main();
