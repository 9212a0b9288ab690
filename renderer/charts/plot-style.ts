/** Goes in as properties of the element: Plot's own style element is fixed text that the policy knows. */
export const PLOT_STYLE = {
  fontFamily: 'var(--font-ui)',
  fontSize: '11px',
  fontFeatureSettings: 'var(--figures)',
  background: 'none',
  overflow: 'visible',
};
