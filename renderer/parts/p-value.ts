import { NOT_DEFINED } from '../../shared/format/numbers.ts';

/** DESIGN, Numbers: three decimals, "<0.001". */
export function formatPValue(pValue: number | null): string {
  if (pValue === null) return NOT_DEFINED;
  return pValue < 0.001 ? '<0.001' : pValue.toFixed(3);
}
