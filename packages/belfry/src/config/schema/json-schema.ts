import { z } from "zod";
import { WHOLE } from "./schema.js";

/** A part of a JSON Schema. */
type Part = Record<string, unknown>;

/** Where the schema is found once it is published. */
const ID = "https://unpkg.com/belfry/schema/belfry.config.schema.json";

/** What any value may be that is no text by itself: it is put in place when the config is loaded. */
const FROM_ENVIRONMENT: Part = { type: "string", pattern: "\\$\\{", description: "From the environment: ${NAME}." };

/** The schema of a config file for editors: draft 2020-12, with a description of each key. */
export function configJsonSchema(): Part {
  const made = z.toJSONSchema(WHOLE, { io: "input", unrepresentable: "any", reused: "inline" }) as Part;
  const { $schema, ...rest } = allowVariables(made) as Part;
  return { $schema, $id: ID, title: "Belfry's configuration", ...rest };
}

/** The same schema, in which a number, a switch, a word or a text of a certain form may come from the environment. */
function allowVariables(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(allowVariables);
  if (typeof part !== "object" || part === null) return part;
  const entries = Object.entries(part).map(
    ([key, value]) => [key, isData(key) ? value : allowVariables(value)] as const,
  );
  const whole: Part = Object.fromEntries(entries);
  const { description, preset, ...shape } = describeAbsence(whole);
  const notes: Part = {
    ...(description !== undefined && { description }),
    ...(preset !== undefined && { default: preset }),
  };
  return isFixed(shape) ? { ...notes, anyOf: [shape, FROM_ENVIRONMENT] } : { ...notes, ...shape };
}

/** Keywords whose values are no schemas, or not of a value: keys stay as they are written. */
function isData(key: string): boolean {
  return key === "preset" || key === "propertyNames" || key === "enum" || key === "const";
}

function isFixed({ type, enum: words, pattern }: Part): boolean {
  return type === "integer" || type === "boolean" || words !== undefined || pattern !== undefined;
}

/** What absence means is put in words behind the description: editors offer `default` as a value. */
function describeAbsence({ absent, ...part }: Part): Part {
  return typeof absent === "string"
    ? { ...part, description: `${String(part["description"])} Default: ${absent}.` }
    : part;
}
