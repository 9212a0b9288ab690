import { exactSum } from './exact.ts';

/** Variances of samples, without the loss of digits that comes from subtracting large sums. */

/** Divided by n − 1; 0 with fewer than two numbers. */
export function variance(numbers: readonly number[]): number {
  return covariance(numbers, numbers);
}

export function covariance(a: readonly number[], b: readonly number[]): number {
  if (a.length < 2) return 0;
  const meanA = exactSum(a) / a.length;
  const meanB = exactSum(b) / b.length;
  const products = a.map((number, index) => (number - meanA) * ((b[index] ?? 0) - meanB));
  return exactSum(products) / (a.length - 1);
}
