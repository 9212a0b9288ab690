const NAMESPACE = 'http://www.w3.org/2000/svg';

type Attributes = Record<string, string | number>;

/** An SVG element of `document`; attributes only, because a style attribute set as text would be blocked. */
export function svgElement(
  document: Document,
  name: string,
  attributes: Attributes,
  ...children: (Node | string)[]
) {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}
