// Checks that the documentation is so: its examples compile and run, its links and the files it names are there.
//   ```ts          is type-checked, then run in a process of its own, which must end by itself with status 0
//   ```ts no-run   is type-checked only
// The same goes for the `@example` sections of doc comments in packages/*/src.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { findExamples } from "./doc-comments.mjs";
import { readMarkdown } from "./markdown.mjs";
import { ROOT } from "./prepare.mjs";
import { isMain, show } from "./report.mjs";
import { checkSnippets } from "./snippets.mjs";

const RUN = "ts";
const TYPES_ONLY = "ts no-run";
/** A code span that names a file of the checkout: it begins with one of its folders and has no placeholder in it. */
const FILE_NAME = /^(?:\.ci|\.github|bench|docs|examples|interop|packages|tools)\/[\w./-]+$/;
/** Made by building or measuring, so not in every checkout. */
const MADE = /\/(?:dist|results|node_modules|\.build)(?:\/|$)/;

/**
 * Checks the documents and doc comments under `root`, whose packages must be built.
 *
 * @param {string} root
 * @returns {Promise<import("./report.mjs").Report>}
 */
export async function checkDocs(root) {
  const documents = findDocuments(root);
  const sources = findSources(root);
  const texts = documents.map((file) => ({ file, ...readMarkdown(readFileSync(join(root, file), "utf8")) }));
  const comments = sources.flatMap((file) => readExamples(file, readFileSync(join(root, file), "utf8")));
  const blocks = [
    ...texts.flatMap(({ file, blocks: own }) => own.map((block) => ({ ...block, file }))),
    ...comments.flatMap((each) => each.blocks),
  ];
  const snippets = blocks.filter(({ info }) => info === RUN || info === TYPES_ONLY);
  const findings = [
    ...texts.flatMap((text) => checkReferences(root, text)),
    ...comments.flatMap((each) => each.findings),
    ...blocks.flatMap(checkInfo),
    ...(await checkSnippets(
      root,
      snippets.map((each) => ({ ...each, isRun: each.info === RUN })),
    )),
  ];
  const links = texts.reduce((sum, text) => sum + text.links.length, 0);
  return {
    findings,
    summary: `${documents.length} documents, ${links} links, ${snippets.length} examples`,
  };
}

/** @param {string} root @returns {string[]} */
function findDocuments(root) {
  const packages = readdirSync(join(root, "packages")).map((folder) => `packages/${folder}/README.md`);
  return [
    ...readdirSync(root).filter((name) => name.endsWith(".md")),
    ...listFiles(root, "docs", /\.md$/),
    ...packages.filter((file) => existsSync(join(root, file))),
  ];
}

/** @param {string} root @returns {string[]} */
function findSources(root) {
  return readdirSync(join(root, "packages")).flatMap((folder) => listFiles(root, `packages/${folder}/src`, /\.ts$/));
}

/** @param {string} root @param {string} folder @param {RegExp} pattern */
function listFiles(root, folder, pattern) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => pattern.test(name))
    .map((name) => `${folder}/${name.split(sep).join("/")}`)
    .sort();
}

/** @param {string} file @param {string} source */
function readExamples(file, source) {
  return findExamples(source).map(({ text, line }) => {
    const blocks = readMarkdown(text, line).blocks.map((block) => ({ ...block, file }));
    return { blocks, findings: blocks.length > 0 ? [] : [`${file}:${line}: @example holds no fenced block`] };
  });
}

/** A word that is nearly right would leave its example unchecked. @param {{ file: string, line: number, info: string }} block */
function checkInfo({ file, line, info }) {
  if (info === RUN || info === TYPES_ONLY || !/^(?:ts|typescript|js|javascript|mjs)\b/.test(info)) return [];
  return [`${file}:${line - 1}: a block of "${info}" is not checked: write \`${RUN}\` or \`${TYPES_ONLY}\``];
}

/**
 * @param {string} root
 * @param {{ file: string } & ReturnType<typeof readMarkdown>} text
 */
function checkReferences(root, { file, links, codeSpans, anchors }) {
  const broken = links
    .filter(({ target }) => !/^[a-z][a-z+.-]*:/i.test(target) && !isThere(root, file, target, anchors))
    .map(({ target, line }) => `${file}:${line}: nothing at "${target}"`);
  const missing = codeSpans
    .filter(({ target }) => FILE_NAME.test(target) && !MADE.test(target) && !existsSync(join(root, target)))
    .map(({ target, line }) => `${file}:${line}: no file \`${target}\``);
  return [...broken, ...missing];
}

/** @param {string} root @param {string} from @param {string} target @param {Set<string>} ownAnchors */
function isThere(root, from, target, ownAnchors) {
  const [path = "", anchor] = target.split("#");
  if (path === "") return ownAnchors.has(String(anchor));
  const file = join(root, dirname(from), decodeURIComponent(path));
  if (relative(root, file).startsWith("..") || !existsSync(file)) return false;
  if (anchor === undefined || !file.endsWith(".md") || statSync(file).isDirectory()) return true;
  return readMarkdown(readFileSync(file, "utf8")).anchors.has(anchor);
}

if (isMain(import.meta.url)) show("docs", await checkDocs(ROOT));
