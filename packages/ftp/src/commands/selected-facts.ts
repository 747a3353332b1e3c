import { FACTS } from "../protocol/facts.js";
import type { Session } from "../session/session.js";

/** The facts MLST and MLSD give: those OPTS MLST chose, else all there are. */
export function selectedFacts({ state }: Session): readonly string[] {
  return state.facts ?? FACTS;
}
