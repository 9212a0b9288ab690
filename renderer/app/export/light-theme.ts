/** What leaves is in the light theme (DESIGN, Tokens): its colours and fonts written out. */
export const LIGHT = {
  ink: '#191b1e',
  quiet: '#62676f',
  line: '#e6e6e1',
  sheet: '#ffffff',
  annotation: '#83307a',
};
export const FONT = "Inter, 'Segoe UI', system-ui, sans-serif";
export const MONO = "'JetBrains Mono', ui-monospace, Consolas, monospace";
