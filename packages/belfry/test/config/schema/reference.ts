type Part = Readonly<Record<string, unknown>>;

interface Section {
  readonly title: string;
  readonly part: Part;
  /** Keys that another table has. */
  readonly leftOut?: readonly string[];
}

const HEAD = "| key | value | default | meaning |\n| --- | --- | --- | --- |\n";

/** The tables of `docs/config.md`, from the schema for editors. */
export function formatReference(schema: Part): string {
  return sectionsOf(schema).map(formatSection).join("\n");
}

function sectionsOf(schema: Part): readonly Section[] {
  const host = propertiesOf(schema);
  const kinds = (at(host["services"], "additionalProperties")["anyOf"] as readonly Part[]) ?? [];
  const [clock = {}, echo = {}, reverb = {}, ftp = {}, module = {}] = kinds;
  const ftpKeys = propertiesOf(ftp);
  const common = Object.keys(propertiesOf(echo)).filter((key) => key !== "use");
  // Those whose meaning differs stand again in their own table.
  const shared = common.filter((key) => JSON.stringify(ftpKeys[key]) === JSON.stringify(propertiesOf(echo)[key]));
  const tls = propertiesOf(echo)["tls"] as Part;
  return [
    { title: "The host", part: schema },
    { title: "`debug`", part: objectIn(host["debug"]) },
    { title: "`log`", part: host["log"] as Part },
    { title: "Every service", part: echo, leftOut: ["use"] },
    { title: "`listen`, a Unix socket", part: objectIn(propertiesOf(echo)["listen"]) },
    { title: "`tls`", part: tls },
    { title: "`proxy`", part: propertiesOf(echo)["proxy"] as Part },
    { title: "`use: clock`", part: clock, leftOut: [...common, "use"] },
    { title: "`use: reverb`", part: reverb, leftOut: [...common.filter((key) => key !== "idleTimeout"), "use"] },
    { title: "A module", part: module, leftOut: common },
    { title: "`use: ftp`", part: ftp, leftOut: [...shared, "use"] },
    { title: "`tls` of ftp", part: ftpKeys["tls"] as Part, leftOut: Object.keys(propertiesOf(tls)) },
    { title: "`users` of ftp", part: at(ftpKeys["users"], "items") },
    { title: "`throttle` of ftp", part: objectIn(ftpKeys["throttle"]) },
  ];
}

function formatSection({ title, part, leftOut = [] }: Section): string {
  const required = new Set(part["required"] as readonly string[] | undefined);
  const rows = Object.entries(propertiesOf(part))
    .filter(([key]) => !leftOut.includes(key))
    .map(([key, value]) => formatRow(key, value as Part, required.has(key)));
  return `### ${title}\n\n${HEAD}${rows.join("")}`;
}

function formatRow(key: string, part: Part, isRequired: boolean): string {
  const [, meaning = "", absent = ""] = /^(.*?)(?: Default: (.*)\.)?$/s.exec(String(part["description"])) ?? [];
  const { default: preset } = part;
  const shown = preset === undefined ? absent : code(preset);
  const cells = [`\`${key}\``, typeOf(part), isRequired ? "**required**" : shown, escape(meaning)];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
}

function code(value: unknown): string {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** Braces and stars are Markdown's in some places. */
function escape(text: string): string {
  return text.replaceAll(/\{[^}]*\}/g, (match) => `\`${match}\``);
}

function typeOf(part: Part): string {
  const { type, enum: words, const: only, anyOf, pattern } = part;
  if (Array.isArray(anyOf)) {
    const kinds = (anyOf as readonly Part[]).filter((each) => each["pattern"] !== "\\$\\{").map(typeOf);
    return [...new Set(kinds)].join(", ");
  }
  if (Array.isArray(words)) return words.map((word) => code(word)).join(", ");
  if (only !== undefined) return code(only);
  if (Array.isArray(type)) return "duration";
  if (type === "array") return `list: ${typeOf((part["items"] as Part | undefined) ?? {})}`;
  if (pattern === "^0?[0-7]{3}$") return "octal";
  return typeof type === "string" ? (TYPES[type] ?? type) : "anything";
}

const TYPES: Readonly<Record<string, string>> = { integer: "number", string: "text", boolean: "`true`, `false`" };

function propertiesOf(part: Part): Part {
  return (part["properties"] as Part | undefined) ?? {};
}

function at(part: unknown, key: string): Part {
  return (part as Part)[key] as Part;
}

/** The object among several shapes, at whatever depth. */
function objectIn(part: unknown): Part {
  const { type, anyOf = [] } = part as Part;
  if (type === "object") return part as Part;
  for (const each of anyOf as readonly Part[]) {
    const found = objectIn(each);
    if (found["type"] === "object") return found;
  }
  return {};
}
