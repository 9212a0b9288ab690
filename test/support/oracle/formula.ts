import { divide } from './exact.ts';

/** Values of the series by letter; null carries through; division by zero or beyond the range of numbers is null. */
export function evaluate(formula: string, inputs: readonly (number | null)[]): number | null {
  const tokens = formula.match(/\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Z]|[-+*/()]/g) ?? [];
  let place = 0;
  const next = () => tokens[place++];

  const sum = (): number | null => {
    let left = product();
    while (tokens[place] === '+' || tokens[place] === '-') {
      const sign = next() === '+' ? 1 : -1;
      const right = product();
      left = left === null || right === null ? null : finite(left + sign * right);
    }
    return left;
  };
  const product = (): number | null => {
    let left = factor();
    while (tokens[place] === '*' || tokens[place] === '/') {
      const operator = next();
      const right = factor();
      if (operator === '/') left = divide(left, right);
      else left = left === null || right === null ? null : finite(left * right);
    }
    return left;
  };
  const factor = (): number | null => {
    const token = next();
    if (token === undefined) throw new Error(`formula ${formula} ends too early`);
    if (token === '(') {
      const inner = sum();
      next();
      return inner;
    }
    if (token === '-' || token === '+') {
      const inner = factor();
      return inner === null ? null : token === '-' ? -inner : inner;
    }
    if (/[A-Z]/.test(token)) return inputs[token.charCodeAt(0) - 65] ?? null;
    return Number(token);
  };
  return sum();
}

const finite = (number: number): number | null => (Number.isFinite(number) ? number : null);
