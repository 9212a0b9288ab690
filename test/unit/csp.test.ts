import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { computePlotStyleHashes } from '../../main/build/plot-style-hashes.ts';
import { PLOT_HASHES_FILE, plotHashesModule } from '../../main/build/refresh-plot-hashes.ts';
import { PLOT_STYLE_HASHES } from '../../shared/csp-plot-hashes.ts';
import { contentSecurityPolicy } from '../../shared/csp.ts';

test('is the policy of the security checklist, word for word', () => {
  expect(contentSecurityPolicy()).toBe(
    "default-src 'none'; script-src 'self'; " +
      `style-src 'self' ${PLOT_STYLE_HASHES.join(' ')}; ` +
      "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; " +
      "form-action 'none'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; " +
      "trusted-types 'none'",
  );
});

test('allows the four style texts of the installed Plot and no others', () => {
  expect(computePlotStyleHashes()).toHaveLength(4);
  expect([...PLOT_STYLE_HASHES]).toEqual(computePlotStyleHashes());
});

test('the committed list is what the build would write', () => {
  const committed = readFileSync(path.resolve(import.meta.dirname, '../..', PLOT_HASHES_FILE), 'utf8');
  expect(committed).toBe(plotHashesModule());
});
