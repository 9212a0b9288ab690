/** How many bins there are unless a question says so: the cube root of the samples, rounded up. */
export function defaultBins(samples: number): number {
  let bins = 0;
  while (bins ** 3 < samples) bins++;
  return bins;
}

/** Bins of whole seconds from the smallest sample on; the last one holds what is at its end, too. */
export function secondsHistogram(samplesMs: readonly number[], asked: number | null) {
  if (samplesMs.length === 0) return [];
  const bins = asked ?? defaultBins(samplesMs.length);
  const minMs = samplesMs.reduce((a, b) => Math.min(a, b));
  const maxMs = samplesMs.reduce((a, b) => Math.max(a, b));
  const widthMs = 1000 * Math.max(1, Math.ceil((maxMs - minMs) / (1000 * bins)));
  return Array.from({ length: bins }, (_, bin) => {
    const fromMs = minMs + bin * widthMs;
    const toMs = fromMs + widthMs;
    const isLast = bin === bins - 1;
    const count = samplesMs.filter((ms) => ms >= fromMs && (ms < toMs || isLast)).length;
    return { fromSeconds: fromMs / 1000, toSeconds: toMs / 1000, count };
  });
}
