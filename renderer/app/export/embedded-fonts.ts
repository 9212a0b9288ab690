const cache = new Map<string, Promise<string>>();

/** The bundled fonts of Latin text as style text with the files inside. */
export async function embeddedFonts(families: readonly string[]): Promise<string> {
  const rules = [...document.styleSheets].flatMap(faceRules).filter((rule) => {
    const family = rule.style.getPropertyValue('font-family').replaceAll(/["']/g, '');
    const range = rule.style.getPropertyValue('unicode-range');
    return families.includes(family) && (range === '' || /U\+0{0,4}-(00)?FF|U\+0+-/i.test(range));
  });
  const texts = await Promise.all(rules.map(embedded));
  return texts.join('\n');
}

function faceRules(sheet: CSSStyleSheet): CSSFontFaceRule[] {
  return [...sheet.cssRules].filter((rule) => rule instanceof CSSFontFaceRule);
}

async function embedded(rule: CSSFontFaceRule): Promise<string> {
  const address = /url\("?([^")]+)"?\)/.exec(rule.style.getPropertyValue('src'))?.[1];
  if (address === undefined) return '';
  const base = rule.parentStyleSheet?.href ?? location.href;
  const data = await dataAddress(new URL(address, base).href);
  const weight = rule.style.getPropertyValue('font-weight');
  const family = rule.style.getPropertyValue('font-family');
  return `@font-face{font-family:${family};font-weight:${weight === '' ? '400' : weight};src:url(${data}) format('woff2')}`;
}

function dataAddress(address: string): Promise<string> {
  const known = cache.get(address) ?? readAsData(address);
  cache.set(address, known);
  return known;
}

async function readAsData(address: string): Promise<string> {
  const blob = await (await fetch(address)).blob();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      resolve(typeof reader.result === 'string' ? reader.result : '');
    };
    reader.onerror = () => {
      reject(new Error('a font could not be read'));
    };
    reader.readAsDataURL(blob);
  });
}
