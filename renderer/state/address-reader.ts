const MAX_VALUES = 200; // per name; keeps an address below what every browser keeps
const SHOWN_CHARACTERS = 80;

/** Reads each name of an address's query once, and keeps what made no sense and what nobody asked for. */
export class AddressReader {
  readonly problems: string[] = [];
  private readonly query: URLSearchParams;
  private readonly seen = new Set<string>();

  constructor(query: string) {
    this.query = new URLSearchParams(query);
  }

  one<T>(name: string, parse: (value: string) => T | undefined): T | undefined {
    const [first, ...more] = this.many(name, parse);
    if (more.length > 0) this.refuse(`${name}, given more than once`);
    return first;
  }

  many<T>(name: string, parse: (value: string) => T | undefined): T[] {
    this.seen.add(name);
    const values = [...new Set(this.query.getAll(name))];
    if (values.length > MAX_VALUES) this.refuse(`${name}, more than ${MAX_VALUES} values`);
    return values.slice(0, MAX_VALUES).flatMap((value) => {
      const parsed = parse(value);
      if (parsed === undefined) this.refuse(`${name}=${value}`);
      return parsed === undefined ? [] : [parsed];
    });
  }

  refuse(part: string): void {
    this.problems.push(part.slice(0, SHOWN_CHARACTERS));
  }

  refuseUnread(): void {
    for (const name of new Set(this.query.keys())) if (!this.seen.has(name)) this.refuse(name);
  }
}

/** One of a closed list. */
export const oneOf =
  <T extends string>(choices: readonly T[]) =>
  (value: string): T | undefined =>
    choices.find((choice) => choice === value);

/** A whole number within bounds, both included. */
export const wholeNumber =
  (low: number, high: number) =>
  (value: string): number | undefined => {
    const number = Number(value);
    return /^\d{1,6}$/.test(value) && number >= low && number <= high ? number : undefined;
  };
