/** What a person can do about a failed HTTP request. */
import type { HttpErrorKind } from './httpGet';

/** Advice by kind of error, one to three sentences. */
export const errorAdvice: Record<HttpErrorKind, string> = {
  refused: 'Nothing listens there. Check the host and port, and whether the cluster is still running.',
  unreachable:
    'This host cannot be reached from here. Open VS Code on the cluster (Remote-SSH), or use Prometheus as the source.',
  'name-not-resolved': 'This name is not known here. Use an address, or open VS Code where the name resolves.',
  'certificate-not-trusted': 'Add the certificate’s authority to this system, or check the address.',
  'time-out':
    'A firewall or a busy server may be the cause. Open VS Code on the cluster, or raise skyrl.scrape.timeout.',
  unauthorised: 'Run SkyRL: Set Dashboard Token. `ray get-auth-token` on the head node prints the token.',
  forbidden: 'This token belongs to another cluster. Run SkyRL: Set Dashboard Token.',
  'too-large': 'This is not a metrics endpoint of a node, or it has far too many series. Check the address.',
  status: 'Something else answers at this address. Check it.',
  'wrong-type': 'Something else answers at this address. Check it.',
  cut: 'Try again. A proxy or a process that ended may have closed the connection.',
  'proxy-failed':
    'Check skyrl.proxy, and whether the proxy runs: `ssh -D 1080 HOST` is one. Without it nodes are reached directly.',
  'not-allowed':
    'This address is not contacted. A link-local address must be in user settings. If a redirect leads to the right place, enter that address.',
  cancelled: 'Try again.',
  other: 'See the log.',
};
