/**
 * Links of other programs into Tidemark, `tidemark-open:<kind>/<id>`. They only propose what to look at: the page asks
 * before it goes there, and nothing is run, connected or written for them (HOSTS §4, line 12).
 */

export const DEEP_LINK_SCHEME = 'tidemark-open:';
export const DEEP_LINK_KINDS = ['view', 'practice', 'master'] as const;
export type DeepLinkKind = (typeof DEEP_LINK_KINDS)[number];

export interface DeepLink {
  kind: DeepLinkKind;
  id: string;
}

const MAX_LENGTH = 512;
/** Systems and browsers add slashes around what they take for a host name. */
const SHAPE = /^tidemark-open:(?:\/\/)?([a-z]+)\/([a-z0-9-]{1,64})\/?$/;

/** Null for anything but a well-formed link of a known kind. */
export function parseDeepLink(text: string): DeepLink | null {
  if (text.length > MAX_LENGTH) return null;
  const [, kind, id] = SHAPE.exec(text) ?? [];
  return id !== undefined && isDeepLinkKind(kind) ? { kind, id } : null;
}

/** The first deep link among command-line arguments: systems pass it there on a second start. */
export function findDeepLink(argv: readonly string[]): DeepLink | null {
  const argument = argv.find((each) => each.startsWith(DEEP_LINK_SCHEME));
  return argument === undefined ? null : parseDeepLink(argument);
}

export const formatDeepLink = ({ kind, id }: DeepLink): string => `${DEEP_LINK_SCHEME}//${kind}/${id}`;

const isDeepLinkKind = (kind: string | undefined): kind is DeepLinkKind =>
  DEEP_LINK_KINDS.some((each) => each === kind);
