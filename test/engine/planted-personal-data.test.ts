import { afterEach, beforeEach, expect, it } from 'vitest';
import { scrubText } from '../../main/engine/sync/scrub.ts';
import { filesHolding } from '../support/byte-search.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = testWorkspace('memory');
});
afterEach(() => workspace.remove());

const HOST = '203.0.113.7';
const SIX = '2001:db8:85a3::8a2e:370:7334';

/** An address of the internet in the ways in which programs write it down. */
const ADDRESSES = [
  HOST,
  `from ${HOST}.`,
  `${HOST}:8080`,
  `http://${HOST}/`,
  `https://${HOST}:8443/a?b=c`,
  `ip=${HOST}`,
  `ip:${HOST}`,
  `IPv4:${HOST}`,
  `"${HOST}"`,
  `(${HOST})`,
  `[${HOST}]`,
  `<${HOST}>`,
  `${HOST},198.51.100.2`,
  `${HOST}/24`,
  `${HOST}-203.0.113.9`,
  `x-forwarded-for: ${HOST}`,
  `client_${HOST}`,
  `ip_${HOST}`,
  `${HOST}_client`,
  `/${HOST}:51234`,
  `peer=${HOST};`,
  `someone@${HOST}`,
  `${HOST}→198.51.100.2`,
  SIX,
  SIX.toUpperCase(),
  `[${SIX}]:443`,
  `http://[${SIX}]:8080/x`,
  `${SIX}/64`,
  `${SIX}%eth0`,
  `::ffff:${HOST}`,
  `64:ff9b::${HOST}`,
  `ip6:${SIX}`,
];
/** The same, spelled so that the address itself does not stand there: nothing of it may be readable either. */
const DISGUISED = [
  ['203%2E0%2E113%2E7', '113%2E7'],
  ['203[.]0[.]113[.]7', '113[.]7'],
  ['ec2-203-0-113-7.compute.example', '203-0-113-7'],
  ['0xCB.0x00.0x71.0x07', '0x71'],
  ['2001%3Adb8%3A%3A1', 'db8%3A%3A1'],
] as const;
const OTHERS = [
  ['ada@example.org', 'ada@example'],
  ['Ada <ADA@EXAMPLE.ORG>', 'ADA@EXAMPLE'],
  ['ada [at] example.org', 'ada [at] example'],
  ['ada(at)example.org', 'ada(at)example'],
  ['ada&#64;example.org', 'ada&#64;example'],
  ['ada%40example.org', 'ada%40example'],
  ['+47 22 33 44 55', '22 33 44 55'],
  ['0047 22 33 44 55', '22 33 44 55'],
  ['1-800-555-0199', '555-0199'],
  ['tel:+4722334455', '4722334455'],
  ['4111 1111 1111 1111', '1111 1111 1111'],
  ['378282246310005', '8282246310'],
  ['token: abcdef0123456789', 'abcdef0123456789'],
  ['x-api-key: 0123456789abcdef0123', '0123456789abcdef0123'],
  ['password=hunter22', 'hunter22'],
  ['ghp_16C7e42F292c6912E7710c838347Ae178B4a', '16C7e42F292c'],
] as const;

it('leaves no planted address, phone number, card or token in any file, whatever column or refused row held it', async () => {
  const planted = [
    ...ADDRESSES.map((text) => [text, text.toLowerCase().includes('2001') ? '85a3::8a2e' : HOST] as const),
    ...DISGUISED,
    ...OTHERS,
  ];
  const emails: string[] = OTHERS.slice(0, 6).map(([text]) => text);
  await workspace.addFolder();
  workspace.raw(
    '1.ndjson',
    planted.flatMap(([text], n) => [
      eventOf(3 * n, { properties: { goal: text, nested: { deep: [text] } } }),
      eventOf(3 * n + 1, {
        session_id: emails.includes(text) ? text : undefined,
        locale: emails.includes(text) ? text : 'en',
      }),
      eventOf(3 * n + 2, { ts: 'never', properties: { goal: text, [text]: 1 } }), // refused: a copy is kept
    ]),
  );
  const { counts } = await workspace.sync();
  expect(counts).toMatchObject({ read: 3 * planted.length, quarantined: planted.length });
  for (const [text, readable] of planted) {
    expect(scrubText(text, 'text')?.text ?? text, text).not.toContain(readable);
    expect(filesHolding(workspace.dataDir, readable), text).toEqual([]);
  }
});

it('keeps an address column only where it is a hash already', async () => {
  await workspace.addFolder();
  const hash = '9f86d081884c7d659a2feaa0c55ad015';
  workspace.raw('1.ndjson', [
    eventOf(1, { properties: { ip_address: hash } }),
    eventOf(2, { properties: { ip_address: 'ten dot something' } }),
    eventOf(3, { properties: { client_ip: HOST } }),
  ]);
  await workspace.sync();
  expect(filesHolding(workspace.dataDir, hash)).not.toEqual([]);
  expect(filesHolding(workspace.dataDir, 'ten dot something')).toEqual([]);
  expect(filesHolding(workspace.dataDir, HOST)).toEqual([]);
});

it('never decodes free text, unless its owner allows the column', async () => {
  const rows = ['comment', 'prompt_text', 'stack_trace', 'error_message', 'note'].map((name, n) =>
    eventOf(n, { properties: { [name]: `written by hand ${n}`, page_path: '/' } }),
  );
  await workspace.addFolder({ name: 'default', keyTemplate: 'a/' });
  workspace.raw('a/1.ndjson', rows);
  await workspace.sync();
  expect(filesHolding(workspace.dataDir, 'written by hand')).toEqual([]);
  await workspace.addFolder({ name: 'allowed', keyTemplate: 'b/', allow: ['comment'] });
  workspace.raw(
    'b/1.ndjson',
    rows.map((row, n) => ({ ...row, event_id: `allowed-${n}` })),
  );
  await workspace.sync();
  expect(filesHolding(workspace.dataDir, 'written by hand 0')).not.toEqual([]);
  expect(filesHolding(workspace.dataDir, 'written by hand 1')).toEqual([]);
});

const SEED = 20_261_130;
const STRINGS = process.env['TIDEMARK_DEEP'] === '1' ? 100_000 : 10_000;
const MOST_FALSE = 0.001;

it('leaves ordinary strings alone', () => {
  const random = seededRandom(SEED);
  const int = (most: number): number => Math.floor(random() * most);
  const hex = (digits: number): string => Array.from({ length: digits }, () => int(16).toString(16)).join('');
  const words = [
    'practice',
    'calm',
    'session',
    'report',
    'filter',
    'weekly',
    'share',
    'token',
    'key',
    'at',
    'host',
    'ip',
  ];
  const word = (): string => words[int(words.length)] ?? '';
  const kinds: (() => string)[] = [
    () => `${int(20)}.${int(40)}.${int(9)}`,
    () => `${word()}/${int(130)}.0.${int(7000)}.${int(200)}`,
    () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    () => `usr_${hex(8)}`,
    () => `ses-${hex(6)}-${int(1e6)}`,
    () => new Date(1.7e12 + random() * 1e11).toISOString(),
    () => String(1.7e12 + int(1e11)),
    () => `/${word()}/${int(1e7)}/${word()}-${int(99)}`,
    () => `${word()} ${word()} ${word()} ${int(1000)}`,
    () => `${word()}: ${word()}, ${word()}=${word()}`,
    () => `${(random() * 1e5).toFixed(2)} EUR`,
    () => `${int(999)} ${String(int(1000)).padStart(3, '0')} ${String(int(1000)).padStart(3, '0')}`,
    () => `${int(24)}:${String(int(60)).padStart(2, '0')}:${String(int(60)).padStart(2, '0')}`,
    () => hex(40),
    () => `${word()}_${word()}_${int(100)}`,
    () => `https://www.example.org/${word()}?q=${word()}&page=${int(90)}`,
    () => `${word()}@${int(9)}.${int(9)}.${int(9)}`,
    () => `${int(12) + 1}/${int(28) + 1}/2026`,
  ];
  const taken: string[] = [];
  for (let n = 0; n < STRINGS; n++) {
    const text = (kinds[n % kinds.length] ?? word)();
    if (scrubText(text, 'text') !== null) taken.push(text);
  }
  expect(taken.length / STRINGS, `seed ${SEED}: ${taken.slice(0, 20).join(' · ')}`).toBeLessThan(MOST_FALSE);
});
