import { RequestError } from "../http/request-error.js";
import type { Reply } from "../http/route.js";
import type { Gathered, Profiles } from "../inspect/host-view.js";
import { ProfileBusyError } from "../inspect/profile-busy-error.js";

/** A profile as `go tool pprof` fetches it. @param content gzipped protobuf. */
export function profileReply(name: string, content: Uint8Array): Reply {
  return {
    type: "application/octet-stream",
    headers: { "content-disposition": `attachment; filename="${name}.pb.gz"` },
    body: content,
  };
}

/** Profiles, at least one. */
export interface Measured<T> extends Gathered {
  readonly profiles: readonly [T, ...T[]];
}

/**
 * What was measured, once it is.
 *
 * @throws {RequestError} 409 while another profile is measured, 503 when no process was there to be measured, or none answers.
 */
export async function expectProfiles<T>(measured: Promise<Profiles<T>>): Promise<Measured<T>> {
  try {
    const { profiles, ...rest } = await measured;
    const [first, ...others] = profiles;
    const state = rest.missing === undefined ? "no worker serves now" : "no worker answers";
    if (first === undefined) throw new RequestError(503, `Cannot measure a profile: ${state}`);
    return { profiles: [first, ...others], ...rest };
  } catch (error) {
    throw error instanceof ProfileBusyError ? new RequestError(409, error.message) : error;
  }
}
