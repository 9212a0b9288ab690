import { z } from 'zod';

/** The policy forbids making functions of text, and zod would try; imported before any schema is built. */
z.config({ jitless: true });
