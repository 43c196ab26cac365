/**
 * Which addresses may be contacted: http and https only, and no link-local or cloud-metadata address unless a person
 * typed it (docs/decisions.md, Which addresses are contacted).
 */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { withoutBrackets } from './hostNames';
import { HttpError } from './httpGet';
import { metadataAddresses } from './metadataAddresses';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Ranges by their text, parsed when an address is first compared with them. */
const parsedRanges = new Map<string, [Address, number]>();

function parseRange(text: string): [Address, number] {
  const range = parsedRanges.get(text) ?? ipaddr.parseCIDR(text);
  parsedRanges.set(text, range);
  return range;
}

/** Whether an address is in a range in CIDR notation. */
function isInRange(address: Address, text: string): boolean {
  const [start, bits] = parseRange(text);
  return address.kind() === start.kind() && address.match(start, bits);
}

/** IPv6 ranges whose addresses contain an IPv4 address, and its bytes. */
const embeddings: readonly { range: string; at: readonly number[]; isInverted?: boolean }[] = [
  // IPv4-mapped and the deprecated IPv4-compatible addresses (RFC 4291), translated ones (RFC 2765).
  { range: '::ffff:0:0/96', at: [12, 13, 14, 15] },
  { range: '::/96', at: [12, 13, 14, 15] },
  { range: '::ffff:0:0:0/96', at: [12, 13, 14, 15] },
  // NAT64: the well-known prefix (RFC 6052) and the local one (RFC 8215), which is cut at 48, 56, 64 or 96 bits.
  { range: '64:ff9b::/96', at: [12, 13, 14, 15] },
  { range: '64:ff9b:1::/48', at: [12, 13, 14, 15] },
  { range: '64:ff9b:1::/48', at: [6, 7, 9, 10] },
  { range: '64:ff9b:1::/48', at: [7, 9, 10, 11] },
  { range: '64:ff9b:1::/48', at: [9, 10, 11, 12] },
  // 6to4 (RFC 3056), and Teredo's server and client (RFC 4380).
  { range: '2002::/16', at: [2, 3, 4, 5] },
  { range: '2001::/32', at: [4, 5, 6, 7] },
  { range: '2001::/32', at: [12, 13, 14, 15], isInverted: true },
];

/** ISATAP (RFC 5214): the IPv4 address follows one of these in the lower half, whatever the prefix. */
const isatapMarks: readonly (readonly number[])[] = [
  [0x00, 0x00, 0x5e, 0xfe],
  [0x02, 0x00, 0x5e, 0xfe],
];

/** The address that a text is, without brackets and zone (`%eth0`); undefined for a name. */
function parseAddress(text: string): Address | undefined {
  const bare = withoutBrackets(text).replace(/%.*$/, '');
  return isIP(bare) === 0 ? undefined : ipaddr.parse(bare);
}

/** The address itself, and every IPv4 address that an IPv6 address may lead to. */
function effectiveAddresses(address: Address): Address[] {
  if (address.kind() === 'ipv4') return [address];
  const bytes = address.toByteArray();
  const embedded = embeddings
    .filter(({ range }) => isInRange(address, range))
    .map(({ at, isInverted }) => at.map((index) => (bytes[index] ?? 0) ^ (isInverted ? 0xff : 0)));
  const isIsatap = isatapMarks.some((mark) => mark.every((byte, index) => byte === bytes[8 + index]));
  if (isIsatap) embedded.push(bytes.slice(12));
  return [address, ...embedded.map((parts) => new ipaddr.IPv4(parts))];
}

const someAddress = (text: string, holds: (address: Address) => boolean): boolean => {
  const address = parseAddress(text);
  return address !== undefined && effectiveAddresses(address).some(holds);
};

const isMetadataAddress = (address: Address): boolean =>
  metadataAddresses.some(({ range }) => isInRange(address, range));

/** Whether an IP address leads to a cloud's metadata service. False for a name. */
export const isMetadataService = (text: string): boolean => someAddress(text, isMetadataAddress);

/**
 * Whether an IP address leads to a link-local address or a cloud-metadata service. Brackets and a zone (`%eth0`) may be
 * there. False for a name.
 */
export const isLinkLocal = (text: string): boolean =>
  someAddress(text, (address) => address.range() === 'linkLocal' || isMetadataAddress(address));

/** Whether a text is an address of this machine's loopback; an IPv4-mapped one counts. False for a name. */
export const isLoopbackAddress = (text: string): boolean =>
  someAddress(text, (address) => address.range() === 'loopback');

/** Whether a host name or address (brackets may be there) is this machine's loopback. No name is resolved. */
export function isLoopback(hostname: string): boolean {
  const bare = hostname.toLowerCase();
  return bare === 'localhost' || bare.endsWith('.localhost') || isLoopbackAddress(bare);
}

/**
 * Whether a connection to an address that a name resolved to may be made. A name that a person typed may lead to a
 * link-local address, as names of a local network do, but to no metadata service: who answers for the name is another.
 */
export const mayConnect = (address: string, typedByUser: boolean): boolean =>
  typedByUser ? !isMetadataService(address) : !isLinkLocal(address);

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
    throw new HttpError(
      'not-allowed',
      'link-local and cloud-metadata addresses are contacted only if user settings name them',
    );
  return url;
}
