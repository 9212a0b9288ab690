import { upperGamma } from './gamma.ts';

/** P(χ² ≥ x) with `degrees` of freedom. Source: Abramowitz & Stegun (1964), 26.4.19. */
export const chiSquareTail = (x: number, degrees: number): number => upperGamma(degrees / 2, x / 2);
