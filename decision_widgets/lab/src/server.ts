import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

export interface ITemplate {
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

interface IRefusal {
  readonly error?: { readonly message?: string; readonly hint?: string };
}

const ENABLE_HINT =
  'The decision_widgets server extension is not answering. Run "jupyter server extension enable decision_widgets", ' +
  'then restart Jupyter.';

/** The templates that the server offers, in the order in which they are shown. */
export async function listTemplates(settings: ServerConnection.ISettings): Promise<ITemplate[]> {
  const answer = await ask<{ templates: ITemplate[] }>(settings, 'templates');
  return answer.templates;
}

/** Make a notebook from a template and return its path. */
export async function makeNotebook(
  settings: ServerConnection.ISettings,
  template: string,
  cwd: string
): Promise<string> {
  const body = JSON.stringify({ template, cwd, parameters: {} });
  const answer = await ask<{ path: string }>(settings, 'notebooks', { method: 'POST', body });
  return answer.path;
}

async function ask<T>(settings: ServerConnection.ISettings, resource: string, init: RequestInit = {}): Promise<T> {
  const url = URLExt.join(settings.baseUrl, 'decision-widgets', resource);
  const response = await reach(url, init, settings);
  const answer: unknown = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(whatWentWrong(response, answer as IRefusal));
  }
  return answer as T;
}

async function reach(url: string, init: RequestInit, settings: ServerConnection.ISettings): Promise<Response> {
  try {
    return await ServerConnection.makeRequest(url, init, settings);
  } catch {
    throw new Error('The Jupyter server cannot be reached. Check that it is running, then try again.');
  }
}

function whatWentWrong(response: Response, answer: IRefusal): string {
  const { message, hint } = answer.error ?? {};
  if (message) {
    return hint ? `${message} ${hint}` : message;
  }
  if (response.status === 404) {
    return ENABLE_HINT;
  }
  return `The Jupyter server answered ${response.status} ${response.statusText}. Reload the page, then try again.`;
}
