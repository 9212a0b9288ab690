import { PLOT_STYLE_HASHES } from './csp-plot-hashes.ts';

/** The policy that both hosts send with every page. The development server of Vite has its own. */
export function contentSecurityPolicy(): string {
  return DIRECTIVES.map(([name, ...sources]) => [name, ...sources].join(' ')).join('; ');
}

const DIRECTIVES: readonly (readonly string[])[] = [
  ['default-src', "'none'"],
  ['script-src', "'self'"],
  ['style-src', "'self'", ...PLOT_STYLE_HASHES],
  ['img-src', "'self'", 'data:', 'blob:'],
  ['font-src', "'self'"],
  ['connect-src', "'self'"],
  ['worker-src', "'self'"],
  ['base-uri', "'none'"],
  ['form-action', "'none'"],
  ['frame-ancestors', "'none'"],
  ['object-src', "'none'"],
  ['require-trusted-types-for', "'script'"],
  ['trusted-types', "'none'"],
];
