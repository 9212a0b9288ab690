import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteDictionary } from '../../../main/engine/store/byte-dictionary.ts';
import { hash128, hashBytes } from '../../../main/engine/store/byte-hash.ts';
import { viewBytes, viewText } from '../../../main/engine/store/byte-view.ts';
import { createEventId, setEventId } from '../../../main/engine/store/event-id.ts';
import { fileNameOf } from '../../../main/engine/store/folder-names.ts';
import { IdTable } from '../../../main/engine/store/id-table.ts';

const idOf = (text: string): string => {
  const id = createEventId();
  const bytes = Buffer.from(text);
  setEventId(id, bytes, 0, bytes.length);
  return Buffer.from(id.bytes).toString('hex');
};

const murmur = (text: string): string => {
  const words = new Uint32Array(4);
  const bytes = Buffer.from(text);
  hash128(bytes, 0, bytes.length, words, 0);
  return [...words].map((word) => word.toString(16).padStart(8, '0')).join('');
};

describe('an event id', () => {
  it('of a UUID is its bytes, of a short text the text, of anything else a hash', () => {
    expect(idOf('3f2b8a10-9c4d-4e5f-8a6b-7c8d9e0f1a2b')).toBe('3f2b8a109c4d4e5f8a6b7c8d9e0f1a2b');
    expect(idOf('event-1')).toBe(Buffer.from('event-1').toString('hex').padEnd(32, '0'));
    expect(idOf('sixteen bytes ok')).toBe(Buffer.from('sixteen bytes ok').toString('hex'));
    expect(idOf('seventeen bytes..')).toHaveLength(32);
  });

  it('never shows an address of mail', () => {
    expect(Buffer.from(idOf('a@b.io'), 'hex').toString('latin1')).not.toContain('@');
  });

  it('differs for texts that differ in case, padding or form', () => {
    const texts = [
      'a',
      'a\0',
      'A',
      '',
      'ø',
      '3F2B8A10-9C4D-4E5F-8A6B-7C8D9E0F1A2B',
      '3f2b8a10-9c4d-4e5f-8a6b-7c8d9e0f1a2b',
      '3f2b8a109c4d4e5f8a6b7c8d9e0f1a2b',
      '61616161-6161-6161-6161-616161616161',
      'aaaaaaaaaaaaaaaa',
    ];
    expect(new Set(texts.map(idOf)).size).toBe(texts.length);
  });

  it('is hashed as MurmurHash3 x86 128 does; its published check values', () => {
    expect(murmur('')).toBe('00000000000000000000000000000000');
    expect(murmur("I will not buy this tobacconist's, it is scratched.")).toBe(
      '9b5b7ba2ef3f7866889adeaf00f3f98e',
    );
  });
});

describe('a dictionary', () => {
  it('gives each value one code, in order of arrival, and finds it again by bytes', () => {
    const values = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.integer().map(String),
        fc.constantFrom('', '\0', '\0\0', 'abcd', 'abc\0'),
      ),
      { maxLength: 400 },
    );
    fc.assert(
      fc.property(values, (texts) => {
        const dictionary = new ByteDictionary();
        const codes = new Map<string, number>();
        for (const text of texts.map((one) => Buffer.from(one).toString())) {
          const view = viewText(text);
          const known = codes.get(text);
          expect(dictionary.find(view, 0, view.bytes.length)).toBe(known ?? 0);
          const code = dictionary.add(view, 0, view.bytes.length);
          expect(code).toBe(known ?? codes.size + 1);
          codes.set(text, code);
        }
        const loaded = ByteDictionary.load(
          dictionary.bytes.slice(0, dictionary.bytesUsed),
          dictionary.ends.slice(0, dictionary.count),
        );
        for (const [text, code] of codes) {
          const around = viewBytes(Buffer.from(`7${text}7`));
          expect(loaded.textOf(code)).toBe(text);
          expect(loaded.find(around, 1, around.bytes.length - 1)).toBe(code);
        }
      }),
      { seed: 20_261_119 },
    );
  });

  it('spreads ids that differ in few places over its slots', () => {
    const shapes = [
      (n: number) => String(n),
      (n: number) => `usr_${n.toString(16).padStart(8, '0')}`,
      (n: number) => `a${'b'.repeat(n % 50)}${n}`,
      (n: number) =>
        String.fromCharCode(
          97 + (n % 26),
          97 + (Math.floor(n / 26) % 26),
          97 + (Math.floor(n / 676) % 26),
        ).repeat(4),
    ];
    for (const shape of shapes) {
      const texts = new Set(Array.from({ length: 17_000 }, (_, n) => shape(n)));
      const slots = new Set(
        [...texts].map((text) => hashBytes(viewText(text), 0, Buffer.byteLength(text)) & 0xffff),
      );
      const expected = 65_536 * (1 - Math.exp(-texts.size / 65_536)); // as thrown at random
      expect(slots.size).toBeGreaterThan(expected * 0.97);
    }
  });
});

describe('a table of ids', () => {
  it('tells exactly which were added before, through growth and near-collisions', () => {
    const table = new IdTable();
    const id = new Uint32Array(4);
    for (const isAgain of [false, true]) {
      for (let n = 0; n < 50_000; n++) {
        id.set([n & 3, 0, n >> 2, 0xffffffff]);
        expect(table.add(id, 0)).toBe(isAgain ? n : -1);
      }
    }
    id.set([0, 1, 0, 0xffffffff]);
    expect(table.find(id, 0)).toBe(-1);
  });
});

describe('a file name', () => {
  it('is safe and different for every text, also where case is ignored', () => {
    const names = fc.uniqueArray(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.constantFrom(
          '.',
          '..',
          '...',
          'CON',
          'con',
          'con.txt',
          'a.',
          'A',
          'a',
          '',
          '%',
          '%41',
          'x'.repeat(500),
        ),
      ),
      { maxLength: 50 },
    );
    fc.assert(
      fc.property(names, (texts) => {
        const wellFormed = [...new Set(texts.map((text) => text.toWellFormed()))];
        const files = wellFormed.map(fileNameOf);
        expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(wellFormed.length);
        for (const file of files) expect(file).toMatch(/^(?!\.)(?!con(\.|$))[A-Za-z0-9_.%~-]{1,120}(?<!\.)$/);
      }),
      { seed: 20_261_119, numRuns: 1000 },
    );
  });
});
