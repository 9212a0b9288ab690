/** The few parts of a DOM that Plot and d3-selection touch while they draw; it draws nothing and remembers every
 *  element. Enough to read what Plot writes where no browser is. */
export class RecordingDocument {
  readonly elements: RecordingElement[] = [];
  readonly documentElement: RecordingElement;

  constructor() {
    this.documentElement = this.createElement('html');
  }

  createElement(name: string): RecordingElement {
    return this.createElementNS('http://www.w3.org/1999/xhtml', name);
  }

  createElementNS(namespaceURI: string, name: string): RecordingElement {
    const element = new RecordingElement(this, namespaceURI, name);
    this.elements.push(element);
    return element;
  }

  createTextNode(text: string): RecordingElement {
    const node = new RecordingElement(this, '', '#text');
    node.textContent = text;
    return node;
  }

  textsOf(name: string): string[] {
    return this.elements
      .filter((element) => element.localName === name)
      .map((element) => element.textContent);
  }
}

class RecordingElement {
  textContent = '';
  parentNode: RecordingElement | null = null;
  readonly style = { setProperty: ignore, removeProperty: ignore };
  readonly ownerDocument: RecordingDocument;
  readonly namespaceURI: string;
  readonly localName: string;
  private readonly children: RecordingElement[] = [];
  private readonly attributes = new Map<string, string>();

  constructor(ownerDocument: RecordingDocument, namespaceURI: string, localName: string) {
    this.ownerDocument = ownerDocument;
    this.namespaceURI = namespaceURI;
    this.localName = localName;
  }

  appendChild(child: RecordingElement): RecordingElement {
    return this.insertBefore(child, null);
  }

  insertBefore(child: RecordingElement, before: RecordingElement | null): RecordingElement {
    const at = before === null ? this.children.length : this.children.indexOf(before);
    this.children.splice(at, 0, child);
    child.parentNode = this;
    return child;
  }

  append(...children: RecordingElement[]): void {
    for (const child of children) this.appendChild(child);
  }

  querySelector(selector: string): RecordingElement | null {
    return selector === '*' ? (this.children[0] ?? null) : null;
  }

  querySelectorAll(): RecordingElement[] {
    return [];
  }

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  getAttribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }

  hasAttribute(name: string): boolean {
    return this.attributes.has(name);
  }

  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }
}

function ignore(): void {
  // styles change no text
}
