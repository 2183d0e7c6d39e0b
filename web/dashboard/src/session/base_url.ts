/**
 * Where the dashboard is mounted, e.g. "/" or "/analytics/": the folder of the first page's address, or what the server's <base> says
 * where that page lies deeper.
 */
export function appBase(documentBase: string): string {
  return new URL('.', documentBase).href;
}

// Read once: without a <base> element, document.baseURI changes with client-side navigation.
export const baseUrl = appBase(document.baseURI);
export const basePath = new URL(baseUrl).pathname;
