/** Asks SciPy, in a Python environment that holds it. */
import { spawnSync } from 'node:child_process';
import type { Context } from 'mocha';
import { findEnvironment } from '../../../scripts/lib/python.mjs';
import { skip } from '../../vscode/skip';

/** How long installing the package may take the first time. */
const installMs = 420_000;

const program = String.raw`
import json, math, sys
import numpy as np
from scipy import special, stats

def tested(first, second):
    exact = stats.mannwhitneyu(first, second, method="exact")
    normal = stats.mannwhitneyu(first, second, method="asymptotic")
    # Every division of the values into two samples, where there are few enough.
    divided = None
    if math.comb(len(first) + len(second), len(first)) <= 2000:
        everyDivision = stats.PermutationMethod(n_resamples=np.inf)
        divided = stats.mannwhitneyu(first, second, method=everyDivision).pvalue
    return {"u": exact.statistic, "exact": exact.pvalue, "normal": normal.pvalue, "divided": divided}

data = json.load(sys.stdin)
json.dump({
    "tests": [tested(first, second) for first, second in data["samples"]],
    "erfc": [special.erfc(x) for x in data["erfc"]],
}, sys.stdout)
`;

/** What SciPy says of two samples; `divided` is by permutation, null where there are too many. */
export interface PeerTest {
  u: number;
  exact: number;
  normal: number;
  divided: number | null;
}

/** The path of a Python with SciPy. Skips the test, with the reason, where there is none. */
export async function findScipy(context: Context): Promise<string> {
  context.timeout(installMs);
  const found = await findEnvironment('scipy==1.15.3', { size: '60 MB' });
  return 'python' in found ? found.python : skip(context, found.reason);
}

/** Asks everything at once. */
export function askScipy(
  python: string,
  questions: { samples: readonly (readonly [number[], number[]])[]; erfc: readonly number[] },
): { tests: PeerTest[]; erfc: number[] } {
  const { stdout, stderr, status } = spawnSync(python, ['-c', program], {
    input: JSON.stringify(questions),
    encoding: 'utf8',
    maxBuffer: 64_000_000,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as { tests: PeerTest[]; erfc: number[] };
}
