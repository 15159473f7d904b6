import { LabIcon } from '@jupyterlab/ui-components';

const STROKE = 'fill="none" stroke-width="2.4" stroke-linejoin="round" stroke-linecap="round"';

function drawn(name: string, path: string, css = 'dw-icon-blue'): LabIcon {
  const svgstr = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 40 40"><path class="${css}" ${STROKE} d="${path}" /></svg>`;
  return new LabIcon({ name: `decision-widgets:${name}`, svgstr });
}

/** The pulse of an experiment: the side panel, the menu and designs. */
export const experimentIcon = drawn('experiment', 'M4 20h9l7-11 7 22 4-11h5', 'dw-icon-plain');

const ICONS: Readonly<Record<string, LabIcon>> = {
  power: drawn('power', 'M5 35V5M5 35h30M7 33C18 33 16 9 34 8M7 17h27'),
  'between-subject': drawn(
    'between-subject',
    'M12 14a5 5 0 1 0 0-.1zM28 14a5 5 0 1 0 0-.1zM4 32c0-6 4-9 8-9s8 3 8 9M20 32c0-6 4-9 8-9s8 3 8 9',
    'dw-icon-orange'
  ),
  switchback: drawn('switchback', 'M4 12h8v16h-8zM12 12h8v16h-8zM20 12h8v16h-8zM28 12h8v16h-8zM6 15l4 4M22 15l4 4M6 21l4 4M22 21l4 4'),
  monitoring: drawn('monitoring', 'M5 20h30M5 6c8 8 16 10 30 10M5 34c8-8 16-10 30-10', 'dw-icon-orange')
};
const PAGE = drawn('page', 'M8 5h18l6 6v24H8zM25 5v7h7M13 19h14M13 25h14M13 31h8', 'dw-icon-grey');

/** The picture of a template; those that we do not know are a page. */
export function templateIcon(id: string): LabIcon {
  return ICONS[id] ?? PAGE;
}
