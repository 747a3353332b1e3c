/**
 * Finds an element that a page has to have.
 *
 * @throws {Error} when it is not there, or of another kind.
 */
export function find<E extends Element>(within: ParentNode, selector: string, kind: new () => E): E {
  const element = within.querySelector(selector);
  if (!(element instanceof kind)) throw new Error(`Cannot find ${selector} on the page`);
  return element;
}
