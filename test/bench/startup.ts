/**
 * Measures starting: the built extension in a new process, with a stub of VS Code that does nothing; and the size of
 * the package.
 */
import Module, { builtinModules, createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { statSync } from 'node:fs';
import { result, skipped, table } from './report';
import { runProgram, rounds, timed } from './timing';

/** A stub whose every property, call and instance is the stub itself, also for classes that extend it. */
function createStub(): unknown {
  const exceptions = new Map<unknown, unknown>([
    [Symbol.toPrimitive, () => ''],
    [Symbol.iterator, () => [][Symbol.iterator]()],
    ['then', undefined],
  ]);
  function target(): void {
    // A proxy of a function can be called and constructed.
  }
  const stub: unknown = new Proxy(target, {
    get: (object, name) => {
      if (name === 'prototype') return Reflect.get(object, name);
      return exceptions.has(name) ? exceptions.get(name) : stub;
    },
    set: () => true,
    apply: () => stub,
    construct: (object, _arguments, newTarget) =>
      newTarget === stub ? stub : (Reflect.construct(object, [], newTarget) as object),
    getPrototypeOf: () => stub as object,
  });
  Reflect.setPrototypeOf(target.prototype as object, stub as object);
  return stub;
}

const builtPath = (file: string): string => join(__dirname, '..', '..', file);

interface Work {
  work: string;
  /** The built file, and the function that is called. */
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

/** Prints the processor time of loading and calling, in ms. Throws if a file was loaded that is for later use. */
function callOnce({ file, call }: Work): void {
  const requireModule = createRequire(__filename);
  const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
  const originalLoad = loader._load;
  const stub = createStub();
  loader._load = (request, ...rest) => (request === 'vscode' ? stub : originalLoad(request, ...rest));
  // VS Code's extension host has loaded Node's modules already.
  for (const name of builtinModules.filter((module) => !module.startsWith('_'))) requireModule(`node:${name}`);
  const before = process.cpuUsage();
  const exported = requireModule(builtPath(file)) as Record<Work['call'], (context: unknown, log: unknown) => unknown>;
  exported[call](
    {
      subscriptions: [],
      extension: { packageJSON: {} },
      extensionUri: stub,
      globalStorageUri: { fsPath: '/nowhere' },
      workspaceState: stub,
      globalState: stub,
      secrets: stub,
    },
    stub,
  );
  const { user, system } = process.cpuUsage(before);
  const loadedEarly = Object.keys(requireModule.cache).filter(
    // What the container's file shares with the thread is in files of its own.
    (path) => dirname(path) === dirname(builtPath(file)) && !/^chunk-/.test(basename(path)) && path !== builtPath(file),
  );
  if (loadedEarly.length > 0) throw new Error(`loaded before its first use: ${loadedEarly.join(', ')}`);
  process.stdout.write(`${(user + system) / 1000}\n`);
  process.exit(0);
}

function main(): void {
  const requestedWork = works[process.argv[2] ?? ''];
  if (requestedWork) return callOnce(requestedWork);
  table('Starting: our code, processor time (with a stub of VS Code)');
  for (const [argument, { work }] of Object.entries(works))
    result(timed(work, Array.from({ length: rounds(9) }, () => runProgram(__filename, argument)).flat()));
  const { SKYRL_BENCH_VSIX, SKYRL_BENCH_NO_VSIX = '' } = process.env;
  if (SKYRL_BENCH_VSIX === undefined) skipped('VSIX', SKYRL_BENCH_NO_VSIX);
  else result({ work: 'VSIX', value: statSync(SKYRL_BENCH_VSIX).size / 1000, unit: 'kB' });
}

main();
