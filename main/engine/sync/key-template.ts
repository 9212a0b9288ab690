import { AppError } from '../../../shared/errors.ts';

const DATE_PARTS: Readonly<Record<string, string>> = {
  '%Y': String.raw`\d{4}`,
  '%m': String.raw`\d{2}`,
  '%d': String.raw`\d{2}`,
  '%H': String.raw`\d{2}`,
};

/**
 * Whether a key begins as a template says (DATA §2): `${ENV}` is the source's environment, `%Y %m %d %H` are digits,
 * everything else stands for itself.
 */
export function keyMatcher(template: string, environment: string): (key: string) => boolean {
  const pattern = template
    .split(/(\$\{ENV\}|%.)/)
    .map((part) => {
      if (part === '${ENV}') return escaped(environment);
      if (part.startsWith('%')) return datePart(part, template);
      return escaped(part);
    })
    .join('');
  const expression = new RegExp(`^${pattern}`);
  return (key) => expression.test(key);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

function datePart(part: string, template: string): string {
  const pattern = DATE_PARTS[part];
  if (pattern === undefined) {
    throw new AppError(
      'bad-input',
      `unknown part "${part}" in the key template "${template}"; expected %Y %m %d %H`,
    );
  }
  return pattern;
}
