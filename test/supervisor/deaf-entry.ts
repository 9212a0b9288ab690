// The contract's answering end in a process that ignores SIGTERM, as one does whose statement never returns.
process.on('SIGTERM', () => undefined);
await import('../contract/child-entry.ts');

export {};
