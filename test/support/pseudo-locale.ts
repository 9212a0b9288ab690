import type { Page } from 'playwright';

/** Makes every word on the page accented and 40 % longer, and the page run from right to left: what a translation does to
 *  a layout, without one. Charts keep their text: their labels are numbers and names from the data. */
export const speakPseudo = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const accented: Record<string, string> = {
      a: 'á',
      e: 'é',
      i: 'í',
      o: 'ö',
      u: 'ü',
      n: 'ñ',
      c: 'ç',
      S: 'Š',
    };
    document.documentElement.dir = 'rtl';
    document.documentElement.lang = 'ar';
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: Text[] = [];
    while (walker.nextNode()) if (walker.currentNode instanceof Text) texts.push(walker.currentNode);
    for (const text of texts) {
      if (text.parentElement?.closest('svg, style, script') != null || !/[a-z]{3}/i.test(text.data)) continue;
      const longer = text.data.replaceAll(/[a-z]/gi, (letter) => accented[letter] ?? letter);
      text.data = `${longer.trimEnd()}${'ö'.repeat(Math.ceil(longer.length * 0.4))}`;
    }
  });
