import { isIPv6 } from 'node:net';

/**
 * Replaces what looks personal or secret in a text before it touches the disk (DATA §2). Identifiers, UUIDs, versions,
 * dates and paths must come through untouched, so every pattern is anchored to its surroundings and checked further
 * (Luhn, issuer ranges, IP syntax) before it counts.
 */
export type ScrubKind = 'email' | 'phone' | 'ip' | 'card' | 'token';

/**
 * identifier: names a person, run or thing; only an e-mail address or IP address is out of place there ·
 * label: a version, locale or platform; only an e-mail address · text: anything · address: an IP column, kept only
 * if it is a hash already.
 */
export type ScrubMode = 'identifier' | 'label' | 'text' | 'address';

export interface Scrubbed {
  text: string;
  kinds: ScrubKind[];
}

/** The text with every finding replaced by `[kind]`, one entry in `kinds` per finding; null if nothing was found. */
export function scrubText(text: string, mode: ScrubMode): Scrubbed | null {
  if (mode === 'address') return isHash(text) || text === '[ip]' ? null : { text: '[ip]', kinds: ['ip'] };
  const kinds: ScrubKind[] = [];
  let result = text;
  let before: string;
  do {
    before = result; // what stood beside a finding may be one now that it is gone
    result = scrubOnce(result, mode, kinds);
  } while (result !== before);
  return kinds.length === 0 ? null : { text: result, kinds };
}

function scrubOnce(text: string, mode: ScrubMode, kinds: ScrubKind[]): string {
  let result = text;
  for (const { kind, modes, gate, find, accept } of RULES) {
    if (!modes.includes(mode) || !gate.test(result)) continue;
    result = result.replace(find, (found: string) => {
      if (accept !== undefined && !accept(found)) return found;
      kinds.push(kind);
      return `[${kind}]`;
    });
  }
  return result;
}

interface Rule {
  kind: ScrubKind;
  modes: readonly ScrubMode[];
  /** Cheap test that most texts fail. */
  gate: RegExp;
  find: RegExp;
  accept?: (found: string) => boolean;
}

/** Also where the sign is escaped or spelled: %40, &#64;, \u0040, a wide @, [at], (at). */
const EMAIL =
  /[\p{L}\p{N}._%+'~-]{1,64}(?:@|%40|\uff20|&#(?:64|x40);|\\u0040| ?[[(] ?at ?[\])] ?)(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}\p{L}{2,63}/gu;

/** Well-known shapes of secrets: JSON web tokens, API keys of common services, private keys, bearer headers. */
const TOKEN_SHAPES = new RegExp(
  [
    String.raw`\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*`,
    String.raw`\b(?:sk|pk|rk)[-_](?=[\w-]*\d[\w-]*\d)[\w-]{16,}`,
    String.raw`\b(?:ghp|gho|ghu|ghs|ghr)_\w{30,}`,
    String.raw`\bgithub_pat_\w{30,}`,
    String.raw`\bglpat-[\w-]{20,}`,
    String.raw`\bxox[abeoprs]-[\w-]{10,}`,
    String.raw`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`,
    String.raw`\bAIza[\w-]{35}`,
    String.raw`\bya29\.[\w-]{20,}`,
    String.raw`\bBearer\s+[\w.~+/=-]{16,}`,
    String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?`,
    String.raw`(?<=(?:^|[\s"'?&;,{])(?:[\w-]{0,20}[-_])?(?:token|api[-_]?key|access[-_]?key|secret|password|passwd|pwd)["']?\s?[=:]\s?["']?)(?=[^&#\s"']*\d)[^&#\s["',;]{6,}`,
    String.raw`(?<=[?&;](?:(?:access_|refresh_|id_|auth_|csrf_)?token|api_?key|secret|password|passwd|pwd)=)[^&#\s[]{6,}`,
  ].join('|'),
  'g',
);

/** A long run in one piece; whether it is random is for `looksRandom` to say. */
const LONG_RUN = /(?<![\w+/=-])[A-Za-z0-9+_-]{32,512}={0,2}(?![\w+/=-])/g;

/** Not behind a name and slash (`Chrome/120.1.2.3`) or a version's word; behind `//` it is a host. */
const IPV4 =
  /(?:(?<![\w./-])(?<!\b(?:v|ver|version|release|build)[ :=]{0,2})|(?<=\/\/)|(?<=(?:^|[\s"'(=,])\/))(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)/gi;
const IPV4_RANGE = /(?<![\w./-])(?:\d{1,3}\.){3}\d{1,3} ?- ?(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)/g;
/** Joined to a word that says what it is: `client_203.0.113.7`, `203.0.113.7_peer`, `ec2-203-0-113-7`. */
const IPV4_IN_NAME =
  /(?<=(?<![a-z])(?:ip|ipv4|addr|address|client|host|peer|remote|src|dst|from|ec2|static|dynamic|pool)[-_.])\d{1,3}(?:[.-]\d{1,3}){3}(?![\w-]|\.\d)|(?<![\w./-])(?:\d{1,3}\.){3}\d{1,3}(?=_(?:ip|addr|address|client|host|peer|remote)\b)/gi;
/** Escaped for an address, made harmless for readers, or in hexadecimal. */
const IPV4_ESCAPED =
  /(?<![\w.])(?:\d{1,3}(?:(?:%2E|\[\.\]|\(\.\))\d{1,3}){3}|0x[0-9a-f]{1,2}(?:\.0x[0-9a-f]{1,2}){3})(?![\w.]*\w)/gi;
const IPV6 =
  /(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{0,4}|(?:\d{1,3}\.){3}\d{1,3})(?![\w:.]*\w)/g;
const IPV6_BEHIND_WORD =
  /(?<=\b(?:ip|ipv6|ip6|addr|address|client|host|peer|remote)[:_])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:.]*\w)/gi;
const IPV6_ESCAPED = /(?<![\w%])(?:[0-9A-Fa-f]{0,4}%3A){2,7}[0-9A-Fa-f]{0,4}(?![\w%])/gi;
const CARD = /(?<![\w.+/-])\d(?:[ -]?\d){12,18}(?![\w-]|\.\d)/g;

/** +47 22 33 44 55 · 00 47 22 33 44 55 · 0047 22 33 44 55 · 1-800-555-0199 · (555) 123-4567 · 555-123-4567 · 555.123.4567 */
const PHONE =
  /(?<![\w+./-])(?:\+\d(?:[ .()/-]{0,2}\d){6,14}|00[ -]\d{1,3}(?:[ .()-]{1,2}\d{2,4}){2,5}|00\d{2,3}(?:[ .-]\d{2,4}){3,5}|1([-. ])\d{3}\1\d{3}\1\d{4}|\(\d{3}\) ?\d{3}[-. ]\d{4}|\d{3}([-. ])\d{3}\2\d{4})(?![\w/-]|[.:]\d)/g;

const RULES: readonly Rule[] = [
  {
    kind: 'email',
    modes: ['identifier', 'label', 'text'],
    gate: /@|%40|\uff20|&#(?:64|x40);|\\u0040|[[(] ?at ?[\])]/,
    find: EMAIL,
  },
  { kind: 'token', modes: ['text'], gate: /[\w-]{16}|PRIVATE KEY|[?&;]|[=:]/, find: TOKEN_SHAPES },
  { kind: 'token', modes: ['text'], gate: /[\w+-]{32}/, find: LONG_RUN, accept: looksRandom },
  { kind: 'ip', modes: ['identifier', 'text'], gate: /:.*:/, find: IPV6, accept: isSixAddress },
  { kind: 'ip', modes: ['identifier', 'text'], gate: /:.*:/, find: IPV6_BEHIND_WORD, accept: isSixAddress },
  {
    kind: 'ip',
    modes: ['identifier', 'text'],
    gate: /%3A/i,
    find: IPV6_ESCAPED,
    accept: isEscapedSixAddress,
  },
  { kind: 'ip', modes: ['identifier', 'text'], gate: /\d ?- ?\d/, find: IPV4_RANGE, accept: isHostRange },
  { kind: 'ip', modes: ['identifier', 'text'], gate: /\d\.\d/, find: IPV4, accept: isHostAddress },
  { kind: 'ip', modes: ['text'], gate: /\d[.-]\d/, find: IPV4_IN_NAME, accept: isHostAddress },
  { kind: 'ip', modes: ['identifier', 'text'], gate: /%2E|[[(]\.|0x/i, find: IPV4_ESCAPED },
  { kind: 'card', modes: ['text'], gate: /\d[\d -]{11}\d/, find: CARD, accept: isCardNumber },
  { kind: 'phone', modes: ['text'], gate: /\d[\d ().+/-]{5}/, find: PHONE, accept: isPhoneNumber },
];

/** Four numbers that can be a host: a version such as 120.0.0.0 ends in zeros, a host does not. */
function isHostAddress(found: string): boolean {
  const parts = found.split(/[.-]/).map(Number);
  if (parts.some((part) => part > 255) || /(?:^|\.)0\d/.test(found)) return false;
  return parts[3] !== 0 && !(parts[1] === 0 && parts[2] === 0 && parts[0] !== 10 && parts[0] !== 127);
}

function isHostRange(found: string): boolean {
  return found.split('-').every((one) => isHostAddress(one.trim()));
}

function isEscapedSixAddress(found: string): boolean {
  return isSixAddress(found.replaceAll(/%3A/gi, ':'));
}

/** Clock times and `a::b` of programming languages have colons too: an address has a digit and is valid. */
function isSixAddress(found: string): boolean {
  return /\d/.test(found) && found.length >= 7 && isIPv6(found);
}

/** Issuer prefix with its lengths, then Luhn's sum; so only one in ten unlucky ids of that prefix is taken for a card. */
const ISSUERS =
  /^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|6(?:011|4[4-9]\d|5\d\d)\d{12}(?:\d{3})?|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17})$/;

function isCardNumber(found: string): boolean {
  const digits = found.replace(/[ -]/g, '');
  return ISSUERS.test(digits) && luhnSum(digits) % 10 === 0;
}

function luhnSum(digits: string): number {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum;
}

function isPhoneNumber(found: string): boolean {
  const digits = found.replace(/\D/g, '');
  return digits.length >= 7 && digits.length <= 17 && !/^(\d)\1+$/.test(digits);
}

const HEX_OR_UUID = /^(?:[0-9a-f-]{32,}|[0-9A-F-]{32,})$/;

/**
 * Random keys mix small and capital letters and digits throughout. Hashes, UUIDs and ids of one letter case do not,
 * and names in camelCase or kebab-case have long runs of one case and few digits.
 */
function looksRandom(found: string): boolean {
  if (HEX_OR_UUID.test(found) || /^\d+$/.test(found)) return false;
  const digits = (found.match(/\d/g) ?? []).length;
  const capitals = (found.match(/[A-Z]/g) ?? []).length;
  const smalls = (found.match(/[a-z]/g) ?? []).length;
  const rare = found.length / 10;
  return digits >= rare && capitals >= rare && smalls >= rare && !/[a-z]{9,}|[A-Z]{9,}/.test(found);
}

/** A digest in hexadecimal or base64, at least 128 bits. */
const isHash = (text: string): boolean =>
  /^(?:[0-9a-f]{32,128}|[0-9A-F]{32,128}|[A-Za-z0-9+/_-]{22,88}={0,2})$/.test(text);
