import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/** DESIGN, Seven states and Tokens: what the colours promise, checked on the shipped tokens. */

const read = (file: string): string =>
  readFileSync(path.join(import.meta.dirname, '../../../renderer', file), 'utf8');
const css = read('styles/tokens.css');

type Rgb = [number, number, number];
type Theme = 'light' | 'dark';

function tokensOf(theme: Theme): Map<string, string> {
  const block = (
    theme === 'light' ? /:root,[^{]*\{([^}]*)\}/ : /\[data-theme=['"]dark['"]\]\s*\{([^}]*)\}/
  ).exec(css)?.[1];
  if (block === undefined) throw new Error(`tokens.css has no ${theme} theme`);
  return new Map(
    [...block.matchAll(/--([a-z0-9-]+):\s*(#[0-9a-f]{3,6})/gi)].map(([, name, value]) => [name!, value!]),
  );
}

function rgbOf(hex: string): Rgb {
  const full = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, '$&$&') : hex;
  return [1, 3, 5].map((at) => parseInt(full.slice(at, at + 2), 16) / 255) as Rgb;
}

function mostTintOf(theme: Theme): number {
  const sheet = read('views/practices/heat-table.css');
  const [light, dark] = [...sheet.matchAll(/--most-tint: (\d+)%/g)].map(
    ([, percent]) => Number(percent) / 100,
  );
  return (theme === 'light' ? light : dark)!;
}

const toLinear = (value: number): number =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
const linearOf = (hex: string): Rgb => rgbOf(hex).map(toLinear) as Rgb;

function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const [red, green, blue] = linearOf(hex);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low, high] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

/** Full severity, on linear RGB. Source: Machado, Oliveira, Fernandes (2009), IEEE TVCG 15(6). */
const VISION: Record<string, number[][]> = {
  typical: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const apply = (matrix: number[][], vector: Rgb): Rgb =>
  matrix.map((row) => row.reduce((sum, weight, index) => sum + weight * vector[index]!, 0)) as Rgb;

/** Source: Ottosson (2020), A perceptual color space for image processing. */
function okLab(linear: Rgb): Rgb {
  const cone = apply(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    linear,
  ).map((value) => Math.cbrt(Math.max(0, value))) as Rgb;
  return apply(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cone,
  );
}

const distance = (a: Rgb, b: Rgb): number => 100 * Math.hypot(...a.map((value, index) => value - b[index]!));

describe.each<Theme>(['light', 'dark'])('colours of the %s theme', (theme) => {
  const tokens = tokensOf(theme);
  const token = (name: string): string => {
    const value = tokens.get(name);
    if (value === undefined) throw new Error(`no colour --${name} in the ${theme} theme`);
    return value;
  };
  const states = [1, 2, 3, 4, 5, 6, 7].map((slot) => token(`state-${slot}`));

  it.each(Object.keys(VISION))('keeps the seven states apart under %s vision', (vision) => {
    const seen = states.map((state) => okLab(apply(VISION[vision]!, linearOf(state))));
    const pairs = seen.flatMap((a, i) => seen.slice(i + 1).map((b) => distance(a, b)));
    expect(Math.min(...pairs)).toBeGreaterThanOrEqual(10);
  });

  it('draws every state, the rule and the data at 3:1 on the sheet', () => {
    for (const mark of [
      ...states,
      token('threshold'),
      token('data'),
      token('data-compare'),
      token('line-3'),
    ]) {
      expect(contrast(mark, token('surface'))).toBeGreaterThanOrEqual(2.95);
    }
  });

  it('writes every ink at 4.5:1 on every surface', () => {
    const surfaces = ['bg', 'surface', 'surface-sunken', 'surface-raised', 'hover', 'selected', 'focus-tint'];
    for (const surface of surfaces) {
      for (const ink of ['ink', 'ink-2', 'ink-3']) {
        expect(contrast(token(ink), token(surface)), `${ink} on ${surface}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    expect(contrast(token('warn'), token('warn-tint'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(token('crit'), token('crit-tint'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(token('on-ink'), token('ink'))).toBeGreaterThanOrEqual(4.5);
  });

  it('keeps the figure of a retention cell at 4.5:1 on every shade of the ramp', () => {
    const shades = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((bin) => ({ bin, shade: token(`seq-${bin}`) }));
    const sheet = read('views/cohorts/retention-heat.css');
    for (const { bin, shade } of shades) {
      const on = new RegExp(`data-seq='${bin}'\\] \\{[^}]*--on-cell: var\\(--([a-z-]+)\\)`).exec(sheet)?.[1];
      expect(contrast(token(on ?? ''), shade), `seq-${bin}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('keeps the figure of a heat cell at 4.5:1 at the strongest tint', () => {
    const most = mostTintOf(theme);
    const mixed = states.map((state) => {
      const [a, b] = [rgbOf(state), rgbOf(token('surface'))];
      return `#${a
        .map((value, index) =>
          Math.round((value * most + b[index]! * (1 - most)) * 255)
            .toString(16)
            .padStart(2, '0'),
        )
        .join('')}`;
    });
    for (const cell of mixed) expect(contrast(token('ink'), cell)).toBeGreaterThanOrEqual(4.5);
  });
});
