/** Describes the dashboard's token and a server's state for people. */
import type { ServerFacts } from '../api';
import type { TokenState } from './token';

/** The token's state as a phrase; never the token. */
export function describeTokenState({ state, provider }: TokenState): string {
  const origin = provider === 'command' ? 'given by SkyRL: Set Dashboard Token' : `from ${provider}`;
  switch (state) {
    case 'none':
      return 'none found, none sent';
    case 'sent':
      return `sent, ${origin}`;
    case 'withheld':
      return `found in ${provider}, not sent: only this workspace names the dashboard. Run SkyRL: Set Dashboard Token`;
    case 'unusable':
      return `${origin}, not sent: it is not a single word of printable ASCII`;
  }
}

/**
 * What a server reports about itself as a phrase, such as `vLLM 0.12.0, awake, not paused`. Unknown facts are left out.
 */
export const describeServerFacts = ({ version, sleeping, paused, weightVersion }: ServerFacts): string =>
  [
    version && `vLLM ${version}`,
    sleeping !== undefined && (sleeping ? 'asleep' : 'awake'),
    paused !== undefined && (paused ? 'paused' : 'not paused'),
    weightVersion && `weights ${weightVersion}`,
  ]
    .filter(Boolean)
    .join(', ');
