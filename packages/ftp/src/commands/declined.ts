/** A command some RFC has and this server has not. */
export interface Declined {
  readonly name: string;
  readonly source: string;
  /** Why not. */
  readonly reason: string;
}

/** Commands that are known and answered with 502. */
export const DECLINED: readonly Declined[] = [
  { name: "SMNT", source: "RFC 959 §4.1.1", reason: "There is one tree of files, and nothing to mount." },
  { name: "ADAT", source: "RFC 2228 §3", reason: "TLS exchanges its own (RFC 4217 §4)." },
  { name: "MIC", source: "RFC 2228 §3", reason: "TLS protects every command as it is." },
  { name: "CONF", source: "RFC 2228 §3", reason: "TLS protects every command as it is." },
  { name: "ENC", source: "RFC 2228 §3", reason: "TLS protects every command as it is." },
  { name: "LPRT", source: "RFC 1639", reason: "EPRT takes its place (RFC 2428)." },
  { name: "LPSV", source: "RFC 1639", reason: "EPSV takes its place (RFC 2428)." },
];

/** Whether `name`, in capitals, is one of {@link DECLINED}. */
export function isDeclined(name: string): boolean {
  return DECLINED.some((each) => each.name === name);
}
