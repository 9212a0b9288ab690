/** Arithmetic over the series of a trend: `A`, `B`, `C` … with `+ - * / ( )` and numbers (QUERY.md). */
export type Formula =
  | { kind: 'number'; value: number }
  | { kind: 'series'; index: number }
  | { kind: 'negate'; of: Formula }
  | { kind: '+' | '-' | '*' | '/'; left: Formula; right: Formula };

export type ParsedFormula = { ok: true; formula: Formula } | { ok: false; message: string };

const MAX_DEPTH = 100; // brackets and signs inside each other; keeps the parser off the end of the stack

/** Reads a formula; a fault names what was found and what was allowed, or the series that is not there. */
export function parseFormula(text: string, seriesCount: number): ParsedFormula {
  const tokens = tokenize(text);
  try {
    const parser = createParser(tokens, seriesCount);
    const formula = parser.expression(0);
    parser.end();
    return { ok: true, formula };
  } catch (error) {
    if (error instanceof FormulaFault) return { ok: false, message: error.message };
    throw error;
  }
}

/** Null carries through, and so does a division by zero or a result beyond the range of numbers. */
export function evaluateFormula(formula: Formula, series: readonly (number | null)[]): number | null {
  switch (formula.kind) {
    case 'number':
      return formula.value;
    case 'series':
      return series[formula.index] ?? null;
    case 'negate': {
      const value = evaluateFormula(formula.of, series);
      return value === null ? null : 0 - value;
    }
    default:
      return combine(
        formula.kind,
        evaluateFormula(formula.left, series),
        evaluateFormula(formula.right, series),
      );
  }
}

export const seriesLetter = (index: number): string => String.fromCharCode('A'.charCodeAt(0) + index);

class FormulaFault extends Error {}

function combine(operator: '+' | '-' | '*' | '/', left: number | null, right: number | null): number | null {
  if (left === null || right === null) return null;
  const value = OPERATIONS[operator](left, right);
  return Number.isFinite(value) ? value : null; // x ÷ 0 is ±Infinity, 0 ÷ 0 is NaN
}

const OPERATIONS = {
  '+': (left: number, right: number) => left + right,
  '-': (left: number, right: number) => left - right,
  '*': (left: number, right: number) => left * right,
  '/': (left: number, right: number) => left / right,
};

const TOKEN =
  /\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|([-+*/()])|(\S))/gy;

const tokenize = (text: string): string[] => [...text.matchAll(TOKEN)].map(([token]) => token.trim());

function createParser(tokens: readonly string[], seriesCount: number) {
  let position = 0;
  const peek = (): string | undefined => tokens[position];
  const fail = (): never => {
    const found = peek();
    throw new FormulaFault(
      found === undefined
        ? 'ends too early; expected a series, a number or a bracket'
        : `"${found}" does not fit there; a formula has series (A, B, C …), numbers, + - * / and brackets`,
    );
  };

  /** One level of binary operators, left to right. */
  function chain(
    operators: readonly ('+' | '-' | '*' | '/')[],
    operand: (depth: number) => Formula,
    depth: number,
  ) {
    let left = operand(depth);
    for (;;) {
      const kind = operators.find((operator) => operator === peek());
      if (kind === undefined) return left;
      position++;
      left = { kind, left, right: operand(depth) };
    }
  }
  const expression = (depth: number): Formula => chain(['+', '-'], product, depth);
  const product = (depth: number): Formula => chain(['*', '/'], signed, depth);

  function signed(depth: number): Formula {
    if (depth > MAX_DEPTH) throw new FormulaFault(`is nested more than ${MAX_DEPTH} deep`);
    const token = peek();
    if (token !== '-' && token !== '+') return operand(depth);
    position++;
    const of = signed(depth + 1);
    return token === '-' ? { kind: 'negate', of } : of;
  }

  function operand(depth: number): Formula {
    const token = peek();
    if (token === undefined) return fail();
    if (token === '(') return bracket(depth);
    if (/^[\d.]/.test(token)) return number(token);
    if (/^\w/.test(token)) return series(token);
    return fail();
  }

  function bracket(depth: number): Formula {
    position++;
    const inner = expression(depth + 1);
    if (peek() === undefined) throw new FormulaFault('a bracket is not closed');
    if (peek() !== ')') return fail();
    position++;
    return inner;
  }

  function number(token: string): Formula {
    const value = Number(token);
    if (!Number.isFinite(value)) throw new FormulaFault(`${token} is not a number`);
    position++;
    return { kind: 'number', value };
  }

  function series(token: string): Formula {
    const index = token.charCodeAt(0) - 'A'.charCodeAt(0);
    if (token.length > 1 || index < 0 || index >= seriesCount) {
      const known = seriesCount === 1 ? 'A' : `A to ${seriesLetter(seriesCount - 1)}`;
      throw new FormulaFault(`series ${token} is not there; the question has ${known}`);
    }
    position++;
    return { kind: 'series', index };
  }

  return {
    expression,
    end: () => {
      if (peek() === ')') throw new FormulaFault('a bracket is closed that was not opened');
      if (peek() !== undefined) fail();
    },
  };
}
