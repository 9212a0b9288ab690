/** The only reason for which a test may be skipped: `context.skip(NEEDS_ELECTRON_BINARY)`. Any other skip fails the run. */
export const NEEDS_ELECTRON_BINARY = 'needs the Electron binary';
