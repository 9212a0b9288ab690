import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { appPaths } from '../../main/paths.ts';

const folder = appPaths().rendererDir;
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.\w+$/.test(file),
);
const textsOf = (extension: string): { file: string; text: string }[] =>
  files
    .filter((file) => file.endsWith(extension))
    .map((file) => ({ file, text: readFileSync(path.join(folder, file), 'utf8') }));

/** The policy would refuse all of this in the browser; here it fails before anyone opens one. */
describe('the built page', () => {
  const [page] = textsOf('.html');

  test('has no script, style or handler of its own in its markup', () => {
    expect(page?.text).toMatch(/<script type="module"[^>]* src="\//);
    expect(page?.text).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>/);
    expect(page?.text).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:/i);
  });

  test('loads nothing from elsewhere and nothing from data:', () => {
    const references = [...(page?.text ?? '').matchAll(/\s(?:src|href)="([^"]+)"/g)].map(
      ([, address]) => address,
    );
    expect(references.length).toBeGreaterThan(0);
    expect(references.filter((address) => !address?.startsWith('/') || address.startsWith('//'))).toEqual([]);
    for (const { file, text } of textsOf('.css')) {
      const addresses = [...text.matchAll(/url\(\s*["']?([^)"']+)/g)].map(([, address]) => address ?? '');
      expect(
        addresses.filter((address) => !address.startsWith('/assets/')),
        file,
      ).toEqual([]);
      expect(text, file).not.toMatch(/@import\s+["']?https?:/);
    }
  });

  test('makes no code out of text', () => {
    const scripts = textsOf('.js');
    expect(scripts.length).toBeGreaterThan(0);
    for (const { file, text } of scripts) expect(text, file).not.toMatch(/\bnew Function\b|\beval\s*\(/);
  });

  test('carries its fonts with it', () => {
    expect(files.some((file) => /inter-latin.*\.woff2$/.test(file))).toBe(true);
    expect(files.some((file) => /jetbrains-mono-latin.*\.woff2$/.test(file))).toBe(true);
  });
});
