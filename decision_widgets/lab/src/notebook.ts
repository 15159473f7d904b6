import { IRenderMimeRegistry } from '@jupyterlab/rendermime';

/** A cell that a notebook shows. */
interface ICell {
  readonly node: HTMLElement;
}

interface ICellsModel {
  readonly readOnly: boolean;
  readonly sharedModel: {
    insertCell(index: number, cell: { cell_type: 'code'; source: string; metadata: { trusted: true } }): unknown;
  };
}

/** What is used of a notebook; its package would bring half of JupyterLab into the build. */
export interface INotebook {
  readonly rendermime: IRenderMimeRegistry;
  readonly widgets: readonly ICell[];
  readonly model: ICellsModel | null;
  activeCellIndex: number;
  deselectAll(): void;
  scrollToItem(index: number): Promise<void>;
}

/** The notebook inside a panel that was made by the factory 'Notebook'. */
export function notebookOf(panel: unknown): INotebook {
  return (panel as { content: INotebook }).content;
}
