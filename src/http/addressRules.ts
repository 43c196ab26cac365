/** Which addresses may be asked at all: http and https only, and no link-local or cloud-metadata address that a file or a server named. */
import { BlockList, isIP } from 'node:net';
import { HttpError } from './httpGet';

const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');
// The metadata service of EC2 over IPv6, and of Alibaba Cloud.
linkLocal.addAddress('fd00:ec2::254', 'ipv6');
linkLocal.addAddress('100.100.100.200', 'ipv4');

/** Whether an IP address (brackets allowed) is link-local or a metadata service, also when it is an IPv4 address in IPv6's clothes. */
export function isLinkLocal(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const family = isIP(bare);
  return family !== 0 && linkLocal.check(bare, family === 4 ? 'ipv4' : 'ipv6');
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether a URL's host is this machine itself by its name or its address. */
export function isLoopback(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const family = isIP(bare);
  return family === 0
    ? bare === 'localhost' || bare.endsWith('.localhost')
    : loopback.check(bare, family === 4 ? 'ipv4' : 'ipv6');
}

/** The URL without user name and password: they are never sent, and are nobody's to see. Other texts stay as they are. */
export function withoutCredentials(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');
}

/**
 * The URL, parsed. Throws an HttpError (`not-allowed`) with words for people.
 * `typedByUser`: it stands in the user's own settings, so that a link-local address is meant.
 */
export function allowedUrl(text: string, typedByUser = false): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new HttpError('not-allowed', 'not a URL');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new HttpError('not-allowed', 'only http and https are asked');
  if (!typedByUser && isLinkLocal(url.hostname))
    throw new HttpError('not-allowed', 'link-local addresses are not asked unless user settings name them');
  return url;
}
