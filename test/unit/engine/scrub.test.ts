import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrubModeOfProperty } from '../../../main/engine/sync/scrub-mode.ts';
import { scrubText } from '../../../main/engine/sync/scrub.ts';

const scrubbed = (text: string): string => scrubText(text, 'text')?.text ?? text;

describe('the scrub of a text', () => {
  it.each([
    ['ada@example.org', '[email]'],
    ['write to Ada.Lovelace+x@mail.example.co.uk, please', 'write to [email], please'],
    ['<bjørn@blåbær.no>', '<[email]>'],
    ['https://a.example/?user=ada%40example.org&x=1', 'https://a.example/?user=[email]&x=1'],
    ['a@b.io c@d.io', '[email] [email]'],
    ['call +47 22 33 44 55 now', 'call [phone] now'],
    ['+4722334455', '[phone]'],
    ['+1 (555) 123-4567', '[phone]'],
    ['(555) 123-4567', '[phone]'],
    ['555-123-4567', '[phone]'],
    ['00 47 22 33 44 55', '[phone]'],
    ['from 203.0.113.7.', 'from [ip].'],
    ['http://192.168.1.10:8080/x', 'http://[ip]:8080/x'],
    ['2001:db8:85a3::8a2e:370:7334', '[ip]'],
    ['at fe80::1ff:fe23:4567:890a!', 'at [ip]!'],
    ['4111 1111 1111 1111', '[card]'],
    ['card 5500-0000-0000-0004.', 'card [card].'],
    ['378282246310005', '[card]'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P', '[token]'],
    ['Authorization: Bearer abcdef0123456789abcdef', 'Authorization: [token]'],
    ['ghp_16C7e42F292c6912E7710c838347Ae178B4a', '[token]'],
    ['sk_live_4eC39HqLyjWDarjtT1zdp7dc', '[token]'],
    ['AKIAIOSFODNN7EXAMPLE', '[token]'],
    ['/reset?token=9f8e7d6c5b4a&lang=nb', '/reset?token=[token]&lang=nb'],
    ['xT9kQ2mV7bL4nR8pW3sY6dF1gH5jK0zC', '[token]'],
  ])('takes %s for %s', (text, expected) => {
    expect(scrubbed(text)).toBe(expected);
  });

  it.each([
    ...[
      '4.18.2',
      '4.18.2-beta.1',
      'v1.2.3.4',
      'version 10.2.3.4',
      'Chrome/120.0.0.0 Safari/537.36',
      '120.0.6099.109',
    ],
    ...[
      '2026-11-19',
      '2026-11-19T13:32:00.123+01:00',
      '2026-11-19 13:32:00',
      '12:30:45',
      '12:30:45.678',
      '19.11.2026',
    ],
    ...[
      '3f2b8a10-9c4d-4e5f-8a6b-7c8d9e0f1a2b',
      'usr_0001f3',
      'ses_0001out',
      'sig-usr_12-ses_34',
      '0001234567890',
    ],
    ...[
      'd41d8cd98f00b204e9800998ecf8427e',
      '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    ],
    ...[
      '/practice/12/run/3456789012',
      '/a/b-c_d/2026/11/19',
      '/orders/123-456-7890',
      'C:\\Users\\x\\file.txt',
    ],
    ...[
      'lodash@4.17.21',
      '@scope/package',
      'me @ home',
      'std::vector<int>',
      'a::b',
      'Face::Bed',
      'ratio 16:9',
    ],
    ...[
      '1763559120000',
      '1763559120000123',
      '1234567890123456',
      '12345678',
      '-12.5',
      '+12',
      '1 000 000',
      '3.14159265358979',
    ],
    ...[
      'en-US',
      'sk-SK',
      'Europe/Oslo',
      'pk_user_accounts_table',
      'reaction_captured',
      'a-very-long-kebab-case-name-of-something',
    ],
    ...[
      'thisIsALongCamelCaseIdentifierWithoutMuchElse',
      '#a1b2c3',
      'rgb(255, 0, 127)',
      '100%',
      'x'.repeat(5000),
      '',
    ],
    ...['/search?key=practice&page=2', '[email]', '[phone] and [ip] and [card] and [token]', 'aa:bb', '::'],
  ])('leaves %s alone', (text) => {
    expect(scrubText(text, 'text')).toBeNull();
  });

  it('is finished after one pass, whatever the text', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        'ada@example.org',
        '203.0.113.7',
        '+47 22 33 44 55',
        '4111111111111111',
        '@',
        '%40',
        ' ',
        '/',
        '[',
        ']',
      ),
      fc.integer().map(String),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const once = scrubbed(pieces.join(''));
        expect(scrubText(once, 'text')).toBeNull();
      }),
      { seed: 20_261_119, numRuns: 3000 },
    );
  });

  it('counts each finding with its kind', () => {
    expect(scrubText('a@b.io, 203.0.113.7 and c@d.io', 'text')).toEqual({
      text: '[email], [ip] and [email]',
      kinds: ['email', 'email', 'ip'],
    });
  });

  it('is linear in hostile texts', () => {
    const startMs = performance.now();
    for (const text of ['@', 'a@', '1.', ':', '1-', 'a.', '+1 ', '%40', 'eyJ', 'a@a.'])
      scrubText(text.repeat(20_000), 'text');
    expect(performance.now() - startMs).toBeLessThan(2000);
  });
});

describe('the scrub by name', () => {
  it.each([
    ['goal', 'text'],
    ['page_path', 'text'],
    ['api_key', 'text'],
    ['user.name', 'text'],
    ['practice_session_id', 'identifier'],
    ['order_id', 'label'],
    ['orderId', 'label'],
    ['id', 'label'],
    ['cart.uuid', 'label'],
    ['browser_version', 'label'],
    ['appVersion', 'label'],
    ['paid', 'text'],
    ['ip_address', 'address'],
    ['client.ip', 'address'],
    ['tip', 'text'],
  ])('%s is treated as %s', (name, mode) => {
    expect(scrubModeOfProperty(name)).toBe(mode);
  });

  it('leaves digits in labels and identifiers, but never an address of mail', () => {
    expect(scrubText('4111111111111111', 'label')).toBeNull();
    expect(scrubText('10.1.2.3', 'label')).toBeNull();
    expect(scrubText('a@b.io', 'label')?.text).toBe('[email]');
    expect(scrubText('4111111111111111', 'identifier')).toBeNull();
    expect(scrubText('10.1.2.3', 'identifier')?.text).toBe('[ip]');
  });

  it('keeps an IP column only where it is a hash', () => {
    expect(scrubText('d41d8cd98f00b204e9800998ecf8427e', 'address')).toBeNull();
    expect(scrubText('1B2M2Y8AsgTpgAmY7PhCfg==', 'address')).toBeNull();
    expect(scrubText('203.0.113.7', 'address')?.text).toBe('[ip]');
    expect(scrubText('unknown', 'address')?.text).toBe('[ip]');
  });
});
