/**
 * How much a client wants a media type, 0 to 1, by its `Accept` header.
 *
 * @param type such as `text/plain`.
 * @param isWild whether the wildcard counts for it.
 * @see RFC 9110 §12.5.1
 */
export function accepts(header: string | undefined, type: string, isWild: boolean): number {
  const wanted = (header ?? "*/*").split(",").map((part) => {
    const [name = "", ...parameters] = part.split(";").map((each) => each.trim().toLowerCase());
    const quality = Number(parameters.find((each) => each.startsWith("q="))?.slice(2) ?? 1);
    return { name, quality: Number.isFinite(quality) ? quality : 0 };
  });
  const matching = wanted.filter(({ name }) => name === type || (isWild && name === "*/*"));
  return Math.max(0, ...matching.map(({ quality }) => quality));
}
