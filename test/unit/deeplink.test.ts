import { describe, expect, it } from 'vitest';
import { findDeepLink, formatDeepLink, parseDeepLink } from '../../shared/deeplink.ts';

describe('deep links', () => {
  it.each([
    ['tidemark-open:view/practices', { kind: 'view', id: 'practices' }],
    ['tidemark-open://view/practices', { kind: 'view', id: 'practices' }],
    ['tidemark-open://practice/deep-breath/', { kind: 'practice', id: 'deep-breath' }],
    [`tidemark-open:master/${'a'.repeat(64)}`, { kind: 'master', id: 'a'.repeat(64) }],
  ])('%s is understood', (text, expected) => {
    expect(parseDeepLink(text)).toEqual(expected);
  });

  it.each([
    ['another scheme', 'https://view/practices'],
    ['a scheme that only starts alike', 'tidemark-opener:view/practices'],
    ['an unknown kind', 'tidemark-open:run/practices'],
    ['an inherited name as kind', 'tidemark-open:constructor/practices'],
    ['no id', 'tidemark-open:view/'],
    ['an id that is too long', `tidemark-open:view/${'a'.repeat(65)}`],
    ['upper case', 'tidemark-open:view/Practices'],
    ['a path upwards', 'tidemark-open:view/../../etc'],
    ['an encoded path', 'tidemark-open:view/%2e%2e'],
    ['a query', 'tidemark-open:view/practices?run=1'],
    ['a fragment', 'tidemark-open:view/practices#x'],
    ['a user', 'tidemark-open://me@view/practices'],
    ['a line break', 'tidemark-open:view/practices\n'],
    ['two lines', 'x\ntidemark-open:view/practices'],
    ['a null byte', 'tidemark-open:view/practices\0'],
    ['more than 512 characters', `tidemark-open:${'/'.repeat(600)}view/practices`],
    ['nothing', ''],
  ])('%s is refused', (_, text) => {
    expect(parseDeepLink(text)).toBeNull();
  });

  it('are found among command-line arguments, the first one only', () => {
    expect(findDeepLink(['--flag', 'tidemark-open:view/a', 'tidemark-open:view/b'])).toEqual({
      kind: 'view',
      id: 'a',
    });
    expect(findDeepLink(['--flag', 'tidemark-open:run/a', 'tidemark-open:view/b'])).toBeNull();
    expect(findDeepLink(['--flag'])).toBeNull();
  });

  it('come back as they were written', () => {
    const link = { kind: 'practice', id: 'deep-breath' } as const;
    expect(parseDeepLink(formatDeepLink(link))).toEqual(link);
  });
});
