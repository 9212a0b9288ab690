/** Words in lines of about the width; `px` is the mean width of a letter. A word that is longer is cut. */
export function wrapText(text: string, widthPx: number, px: number): string[] {
  const most = Math.max(1, Math.floor(widthPx / px));
  const lines: string[] = [];
  for (const word of text
    .split(/\s+/)
    .filter(Boolean)
    .flatMap((each) => pieces(each, most))) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 1 <= most)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const pieces = (word: string, most: number): string[] =>
  word.length <= most
    ? [word]
    : Array.from({ length: Math.ceil(word.length / most) }, (_, at) =>
        word.slice(at * most, (at + 1) * most),
      );
