// @ts-check
// Runs in the browser under the product's policy; test/browser/plot-styles.test.ts reads what was blocked.
import * as Plot from '@observablehq/plot';

/** @type {string[]} */
const blocked = [];
document.addEventListener('securitypolicyviolation', (event) => blocked.push(event.effectiveDirective));

const color = /** @type {const} */ ({ type: 'ordinal', domain: ['a', 'b'], range: ['red', 'blue'] });
const figures = {
  plot: () => Plot.plot({ marks: [Plot.lineY([1, 3, 2])] }),
  ramp: () => Plot.legend({ color, legend: 'ramp' }),
  swatches: () => Plot.legend({ color, legend: 'swatches' }),
  columns: () => Plot.legend({ color, legend: 'swatches', columns: '2' }),
  renamed: () => Plot.plot({ className: 'renamed', marks: [Plot.lineY([1, 3, 2])] }),
};

const figure = figures[/** @type {keyof typeof figures} */ (location.search.slice(1))]();
document.body.append(figure);
// violations are reported in a task of their own
setTimeout(() => {
  document.body.dataset['blocked'] = JSON.stringify(blocked);
  document.body.dataset['drawn'] = 'yes';
}, 50);
