/**
 * Which addresses may be contacted: http and https only, and no link-local or cloud-metadata address unless a person
 * typed it (docs/decisions.md, Which addresses are contacted).
 */
import { BlockList, isIP } from 'node:net';
import { withoutBrackets } from './hostNames';
import { HttpError } from './httpGet';

const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');
// The metadata services of EC2 over IPv6 and of Alibaba Cloud, which are outside of the link-local ranges.
linkLocal.addAddress('fd00:ec2::254', 'ipv6');
linkLocal.addAddress('100.100.100.200', 'ipv4');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Whether an IP address is link-local or a cloud-metadata service. Brackets and a zone (`%eth0`) may be there; an
 * IPv4-mapped IPv6 address counts as the IPv4 address. False for a name.
 */
export function isLinkLocal(address: string): boolean {
  const bare = withoutBrackets(address).replace(/%.*$/, '');
  const family = isIP(bare);
  return family !== 0 && linkLocal.check(bare, family === 4 ? 'ipv4' : 'ipv6');
}

/** Whether a host name or address (brackets may be there) is this machine's loopback. No name is resolved. */
export function isLoopback(hostname: string): boolean {
  const bare = withoutBrackets(hostname).toLowerCase();
  const family = isIP(bare);
  return family === 0
    ? bare === 'localhost' || bare.endsWith('.localhost')
    : loopback.check(bare, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Parses a URL that may be contacted. Throws an HttpError (`not-allowed`) otherwise.
 * `typedByUser`: the URL is from the user's own settings, so a link-local address is intended.
 */
export function allowedUrl(text: string, typedByUser = false): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new HttpError('not-allowed', 'not a URL');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new HttpError('not-allowed', 'only http and https addresses are contacted');
  if (!typedByUser && isLinkLocal(url.hostname))
    throw new HttpError('not-allowed', 'link-local addresses are contacted only if user settings name them');
  return url;
}
