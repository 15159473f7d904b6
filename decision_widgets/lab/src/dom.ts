type Child = Node | string | null;

/** Make an element; text is text, whatever it holds. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children.filter((child): child is Node | string => child !== null));
  return made;
}

/** Make a button that does something. */
export function button(label: string, css: string, onClick: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', class: css }, label);
  made.addEventListener('click', onClick);
  return made;
}

/** Draw an icon of 18 by 18; it says nothing that the words beside it do not. */
export function drawing(path: string): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('class', 'dw-ico');
  svg.setAttribute('viewBox', '0 0 18 18');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(space, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

/** What was thrown, in words. */
export function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
