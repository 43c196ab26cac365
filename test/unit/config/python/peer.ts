/** Asks Hydra's and OmegaConf's own parsers, in a Python environment that holds them. */
import { spawnSync } from 'node:child_process';
import type { Context } from 'mocha';
import { findEnvironment } from '../../../../scripts/lib/python.mjs';
import { skip } from '../../../vscode/skip';

/** How long installing the packages may take the first time. */
const installMs = 420_000;

const program = String.raw`
import json, math, sys
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import QuotedString
from omegaconf import OmegaConf

parser = OverridesParser.create()

def data(value):
    if isinstance(value, QuotedString):
        return value.text
    if isinstance(value, float) and not math.isfinite(value):
        return "%s (not finite)" % value
    if isinstance(value, list):
        return [data(item) for item in value]
    if isinstance(value, dict):
        return {str(key): data(item) for key, item in value.items()}
    return value

def hydra(line):
    override = parser.parse_override(line)
    if override.is_sweep_override():
        return {"sweep": True}
    return {"key": override.key_or_group, "prefix": override.type.name, "value": data(override._value)}

def dotlist(line):
    config = OmegaConf.from_dotlist([line])
    return {"value": data(OmegaConf.to_container(config, resolve=False))}

def resolved(text):
    return {"value": data(OmegaConf.to_container(OmegaConf.create(text), resolve=True))}

for name, argument in json.load(sys.stdin):
    try:
        answer = {"hydra": hydra, "dotlist": dotlist, "resolved": resolved}[name](argument)
    except Exception as error:
        answer = {"error": str(error).splitlines()[0]}
    print(json.dumps(answer))
`;

/** What a parser makes of a text: a value, a sweep, or an error. */
export interface Answer {
  value?: unknown;
  key?: string;
  sweep?: boolean;
  error?: string;
}

/** A question to one of the parsers. */
export type Question = readonly [parser: 'hydra' | 'dotlist' | 'resolved', text: string];

/** The path of a Python with hydra-core and omegaconf. Skips the suite, with the reason, where there is none. */
export async function findPeer(context: Context): Promise<string> {
  context.timeout(installMs);
  const found = await findEnvironment('hydra-core==1.3.2', { size: '2 MB', fromSource: ['antlr4-python3-runtime'] });
  return 'python' in found ? found.python : skip(context, found.reason);
}

/** Asks all questions at once. */
export function ask(python: string, questions: readonly Question[]): Answer[] {
  const { stdout, stderr, status } = spawnSync(python, ['-c', program], {
    input: JSON.stringify(questions),
    encoding: 'utf8',
    maxBuffer: 64_000_000,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}
