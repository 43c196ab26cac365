/** What to do about a failed request, and what may be shown of addresses and tokens. */
import type { ServerFacts } from '../api';
import { withoutCredentials } from '../http/addressRules';
import type { HttpErrorKind } from '../http/httpGet';
import type { TokenState } from './token';

export const errorAdvice: Record<HttpErrorKind, string> = {
  refused: 'Nobody listens there: check host and port, and whether the cluster still runs.',
  unreachable: 'No way leads there from here: open VS Code on the cluster (Remote-SSH), or use Prometheus.',
  'name-not-resolved': 'This name means nothing here: use an address, or open VS Code where the name is known.',
  'certificate-not-trusted': 'Add the certificate’s authority to this system, or check the address.',
  'time-out':
    'A firewall, a private network or a busy server: open VS Code on the cluster, or raise skyrl.scrape.timeout.',
  unauthorised:
    'Give the dashboard’s token: SkyRL: Set Dashboard Token. `ray get-auth-token` on the head node prints it.',
  forbidden: 'The token is not this cluster’s: SkyRL: Set Dashboard Token.',
  'too-large': 'This is no metrics endpoint of a node, or far too many series: check the address.',
  status: 'Something answers that is not what was looked for: check the address.',
  'wrong-type': 'Something answers that is not what was looked for: check the address.',
  cut: 'The answer broke off: try again; a proxy or a dying process may be between.',
  'not-allowed':
    'This address is not asked. A link-local address must stand in user settings; redirects are not followed.',
  cancelled: 'Try again.',
  other: 'See the log.',
};

/** The token's state in words; the token itself is never here. */
export function describeTokenState({ state, provider }: TokenState): string {
  const place = provider === 'command' ? 'given by SkyRL: Set Dashboard Token' : `from ${provider}`;
  switch (state) {
    case 'none':
      return 'none found, none sent';
    case 'sent':
      return `sent, ${place}`;
    case 'withheld':
      return `found in ${provider}, not sent: nobody but this workspace names this dashboard. SkyRL: Set Dashboard Token allows it`;
    case 'unusable':
      return `${place}, not sent: it is no single word of printable ASCII`;
  }
}

/** A URL as it may be pasted into an issue: no user name, no password, no query but Ray's own. */
export function redactUrl(url: string): string {
  const bare = withoutCredentials(url);
  return bare.includes('?') && !bare.endsWith('?view=summary') ? `${bare.slice(0, bare.indexOf('?'))}?…` : bare;
}

/** A text with every address in it as it may be shown: in logs, and in what is pasted into an issue. */
export function redactSecrets(text: string): string {
  return text.replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s`'"<>]+/gi, (address) => {
    const [, bare = '', stop = ''] = /^(.*?)([.,:;)\]]*)$/s.exec(address) ?? [];
    return redactUrl(bare) + stop;
  });
}

/** What a server says of itself, in words. */
export const describeServerFacts = ({ version, sleeping, paused, weightVersion }: ServerFacts): string =>
  [
    version && `vLLM ${version}`,
    sleeping !== undefined && (sleeping ? 'asleep' : 'awake'),
    paused !== undefined && (paused ? 'paused' : 'not paused'),
    weightVersion && `weights ${weightVersion}`,
  ]
    .filter(Boolean)
    .join(', ');
