import type { z } from "zod";
import type { KeyPath } from "../problems/key-path.js";
import { showValue } from "../problems/show-value.js";
import type { Finding } from "../problems/finding.js";

/**
 * What a schema finds wrong with `value`, in words: the value as given and what was expected, one finding for each key.
 *
 * @param base where `value` stands.
 */
export function describeIssues(error: z.core.$ZodError, value: unknown, base: KeyPath): Finding[] {
  const findings: Finding[] = [];
  for (const issue of error.issues.flatMap((each) => narrow(each, []))) {
    for (const finding of describeIssue(issue, value)) {
      const path = [...base, ...finding.path];
      const key = JSON.stringify(path);
      if (!findings.some((other) => JSON.stringify(other.path) === key)) findings.push({ path, text: finding.text });
    }
  }
  return findings;
}

interface PlacedIssue {
  readonly issue: z.core.$ZodIssue;
  readonly path: KeyPath;
}

/** Of a union, what the shape that was meant finds. */
function narrow(issue: z.core.$ZodIssue, base: KeyPath): PlacedIssue[] {
  const path = [...base, ...issue.path.map(asKey)];
  if (issue.code !== "invalid_union") return [{ issue, path }];
  const meant = issue.errors.find(isMeant);
  return meant === undefined ? [{ issue, path }] : meant.flatMap((each) => narrow(each, path));
}

/** Whether a shape got further than to look at the value as a whole. */
function isMeant(issues: readonly z.core.$ZodIssue[]): boolean {
  return issues.every((issue) => {
    if (issue.path.length > 0 || issue.code === "unrecognized_keys") return true;
    if (issue.code === "invalid_union") return issue.errors.some(isMeant);
    return issue.code === "custom" && issue.params?.["isParticular"] === true;
  });
}

function asKey(part: PropertyKey): string | number {
  return typeof part === "symbol" ? part.toString() : part;
}

function describeIssue({ issue, path }: PlacedIssue, value: unknown): Finding[] {
  if (issue.code === "unrecognized_keys") {
    const lines = issue.message.split("\n");
    return issue.keys.map((key, index) => ({ path: [...path, key], text: lines[index] ?? "unknown key" }));
  }
  if (issue.code === "invalid_key") return [{ path, text: issue.issues[0]?.message ?? "expected another name" }];
  const expected = issue.message.startsWith("expected ") ? issue.message : `expected ${issue.message}`;
  const given = valueAt(value, path);
  return [{ path, text: given === undefined ? `missing: ${expected}` : `${showValue(given, path)}: ${expected}` }];
}

function valueAt(value: unknown, path: KeyPath): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, part)) return undefined;
    current = (current as Readonly<Record<string | number, unknown>>)[part];
  }
  return current;
}
