import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLog, redact } from '../../main/log.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'tidemark-log-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe('the log', () => {
  it('holds one JSON object per line in a file that only its owner reads', () => {
    const log = openLog(dataDir, { now: () => new Date('2026-11-19T13:32:00Z') });
    log.write({ level: 'info', event: 'process is up', fields: { pid: 7 } });
    const file = path.join(dataDir, 'logs', 'tidemark.log');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      at: '2026-11-19T13:32:00.000Z',
      level: 'info',
      event: 'process is up',
      pid: 7,
    });
  });

  it('rotates and keeps a few older files', () => {
    const log = openLog(dataDir, { maxBytes: 200, keep: 2 });
    for (let i = 0; i < 40; i++) log.write({ level: 'info', event: 'again', fields: { i } });
    const folder = path.join(dataDir, 'logs');
    const files = readdirSync(folder).sort();
    expect(files).toEqual(['tidemark.1.log', 'tidemark.2.log', 'tidemark.log']);
    for (const file of files) {
      expect(statSync(path.join(folder, file)).size).toBeLessThan(400);
      expect(statSync(path.join(folder, file)).mode & 0o777).toBe(0o600);
    }
    expect(readFileSync(path.join(folder, 'tidemark.log'), 'utf8')).toContain('"i":39');
  });

  it('never fails its caller', () => {
    writeFileSync(path.join(dataDir, 'logs'), 'a file where the folder should be');
    expect(() => openLog(dataDir).write({ level: 'info', event: 'x' })).not.toThrow();
  });

  it.each([
    ['GET /login?token=yTz0o3sU1Qm0cK3N2n9X4vY8bR6wE5qA7dF1gH2jK3l', /yTz0/],
    ['Authorization: Bearer abc.def', /abc/],
    ['Cookie: tidemark_00=yTz0o3s', /yTz0/],
    ['password="hunter2"', /hunter2/],
    ['row of ana.b@example.org failed', /ana|example\.org/],
    ['a'.repeat(64), /a{20}/],
  ])('leaves out what is secret in %s', (text, secret) => {
    expect(redact(text)).not.toMatch(secret);
  });

  it('names the home folder by its sign', () => {
    expect(redact('/home/ana/data/x', '/home/ana')).toBe('~/data/x');
  });

  it('keeps what is needed to understand it', () => {
    const text =
      'SyntaxError at segments/2026-11-19/reaction_captured-3.arrow op 0b6f3f0a-54a5-4c06-9c36-3a4b5f3f8a01';
    expect(redact(text)).toBe(text);
  });
});
