import { z } from 'zod';

// Zod looks whether it may compile its parsers with `Function`. The policy of the page forbids that, and counts the
// attempt as a violation. First import of main.tsx: schemas ask when they are made.
z.config({ jitless: true });
