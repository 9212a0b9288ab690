/** One finding of `tidemark doctor`. A failed one says what was found and what to do. */
export interface Check {
  name: CheckName;
  /** fail: data or access is lost until something is done · warn: worth knowing, mends itself or is harmless. */
  status: 'ok' | 'warn' | 'fail';
  message: string;
}

export type CheckName =
  | 'lock'
  | 'permissions'
  | 'catalogue'
  | 'segments'
  | 'dictionaries'
  | 'orphans'
  | 'unfinished'
  | 'ledger'
  | 'files'
  | 'sweep'
  | 'merge'
  | 'rebuild';

const SHOWN = 20; // a folder that lost a disk would otherwise list thousands

/** The findings, the first ones in full; `fine` where there is none. */
export function findings(
  name: CheckName,
  status: 'warn' | 'fail',
  messages: readonly string[],
  fine: string,
): Check[] {
  if (messages.length === 0) return [{ name, status: 'ok', message: fine }];
  const shown = messages.slice(0, SHOWN).map((message): Check => ({ name, status, message }));
  const left = messages.length - shown.length;
  return left === 0 ? shown : [...shown, { name, status, message: `and ${left} more of this kind` }];
}

export const countOf = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
