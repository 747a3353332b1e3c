// Writes docs/rfc-compliance.md from the FTP server's table of verbs, which must be built; `--check` only says whether it
// is up to date.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./prepare.mjs";
import { isMain } from "./report.mjs";

/**
 * What the page shows of a verb.
 *
 * @typedef {object} Verb
 * @property {string} name
 * @property {string} syntax
 * @property {string} source
 * @property {string} help
 * @property {boolean} [isPublic]
 * @property {boolean} [needsData]
 * @property {string} [permission]
 * @property {unknown} [feature]
 */

/** @typedef {{ readonly name: string, readonly source: string, readonly reason: string }} Declined */

const INTRODUCTION = `# FTP commands and where they are specified

<!-- Written by tools/rfc-compliance.mjs from packages/ftp/src/commands; change those. -->

What \`@belfry/ftp\` answers to each command, from the table of verbs its dispatch, HELP and FEAT read. _Needs_ says what a
session must have first: a login, a data connection (PASV, EPSV, PORT or EPRT), a permission of the account. _FEAT_ marks
what FEAT announces; what the account's storage cannot do is not announced, and answered with 502 or 504.`;

const DECLINED_HEADING = `## Known and declined

These are answered with 502; a command that is in no specification with 500.`;

const RFCS = new Map([
  ["RFC 775", "Names from before RFC 959"],
  ["RFC 959", "File Transfer Protocol, as RFC 1123 corrects it"],
  ["RFC 2228", "Security extensions, as RFC 4217 uses them for TLS"],
  ["RFC 2389", "Feature negotiation"],
  ["RFC 2428", "IPv6 and NAT"],
  ["RFC 2640", "Internationalization"],
  ["RFC 3659", "Extensions: restart, facts, listings for programs"],
  ["RFC 7151", "Virtual hosts"],
  ["drafts", "Drafts, and what is in use without a specification"],
]);

/**
 * The page, ending in a line feed.
 *
 * @param {readonly Verb[]} verbs
 * @param {readonly Declined[]} declined
 * @returns {string}
 */
export function formatPage(verbs, declined) {
  const sections = [...RFCS].map(([rfc, title]) => {
    const own = verbs.filter((verb) => groupOf(verb) === rfc);
    const heading = rfc === "drafts" ? `## ${title}` : `## ${rfc}: ${title}`;
    return own.length === 0 ? "" : `${heading}\n\n${formatVerbs(own)}`;
  });
  const rows = declined.map(({ name, source, reason }) => [name, source, reason]);
  const last = `${DECLINED_HEADING}\n\n${formatTable(["Command", "From", "Why"], rows)}`;
  return `${[INTRODUCTION, ...sections.filter((text) => text !== ""), last].join("\n\n")}\n`;
}

/** @param {Verb} verb the RFC it comes from, the first where there are several */
function groupOf({ source }) {
  const rfc = /^RFC \d+/.exec(source)?.[0] ?? "drafts";
  return RFCS.has(rfc) ? rfc : "drafts";
}

/** @param {readonly Verb[]} verbs */
function formatVerbs(verbs) {
  const rows = verbs.map((verb) => {
    const { name, syntax, source, help, feature } = verb;
    return [code(`${name} ${syntax}`.trimEnd()), source, formatNeeds(verb), feature === undefined ? "" : "yes", help];
  });
  return formatTable(["Command", "From", "Needs", "FEAT", "What it does"], rows);
}

/** @param {Verb} verb */
function formatNeeds({ isPublic, needsData, permission }) {
  const needs = [
    isPublic === true ? "" : "login",
    needsData === true ? "data" : "",
    permission ? code(permission) : "",
  ];
  return needs.filter((need) => need !== "").join(", ");
}

/** @param {string} text */
function code(text) {
  return `\`${text}\``;
}

/** With its columns aligned, as the formatter wants them. @param {string[]} head @param {string[][]} rows */
function formatTable(head, rows) {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => (row[column] ?? "").length)));
  const line = (/** @type {string[]} */ row) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const [first = [], ...others] = cells;
  return [line(first), line(widths.map((width) => "-".repeat(width))), ...others.map(line)].join("\n");
}

/** @returns {Promise<string>} */
async function readPage() {
  const folder = join(ROOT, "packages", "ftp", "dist", "commands");
  const { VERBS } = await import(pathToFileURL(join(folder, "verbs.js")).href);
  const { DECLINED } = await import(pathToFileURL(join(folder, "declined.js")).href);
  return formatPage([...VERBS.values()], DECLINED);
}

async function main() {
  const path = join(ROOT, "docs", "rfc-compliance.md");
  const wanted = await readPage();
  if (!process.argv.includes("--check")) {
    writeFileSync(path, wanted);
    console.log("docs/rfc-compliance.md: written");
  } else if (readFileSync(path, "utf8") === wanted) {
    console.log("docs/rfc-compliance.md: up to date");
  } else {
    console.error("docs/rfc-compliance.md: differs from the table of verbs: run `node tools/rfc-compliance.mjs`");
    process.exitCode = 1;
  }
}

if (isMain(import.meta.url)) await main();
