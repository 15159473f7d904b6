import { LabIcon } from '@jupyterlab/ui-components';

const svgstr = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M3 20h18v2H3z" />
    <path d="M5 11h5v7H5z" />
    <path d="M14 6h5v12h-5z" />
    <path d="M16 1h1v3h2v1h-5V4h2z" />
  </g>
</svg>`;

/** Two arms side by side; the treatment carries an interval. */
export const experimentIcon = new LabIcon({ name: 'decision-widgets:experiment', svgstr });
